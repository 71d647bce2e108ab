import { setMaxListeners } from 'node:events';
import { onAbort } from '../../application/time/signals.ts';
import { seconds } from '../../domain/time.ts';
import { isUnanswered } from './service-bus-errors.ts';
import { withTimeLimit } from './time-limit.ts';

/** What waits for messages of one queue or subscription. All of it can be given up at once, to begin anew or for good. */
export class Waits {
  #giveUp = newGiveUp();

  /** Aborted when what waits now is to give up. */
  get signal(): AbortSignal {
    return this.#giveUp.signal;
  }

  /** Those that wait give up. Those that come later wait by a signal of their own. */
  restart(): void {
    this.#giveUp.abort();
    this.#giveUp = newGiveUp();
  }

  /** Those that wait give up, and so does whoever comes later. */
  stop(): void {
    this.#giveUp.abort();
  }

  /**
   * Asks the broker, which has 3 s to answer. If it is silent, all that waits starts anew: what was attaching when the connection
   * broke does not hear of that, and would wait for a minute, and every other user of the client with it.
   */
  async probe(ask: () => Promise<unknown>): Promise<void> {
    const start = performance.now();
    try {
      await withTimeLimit(ask(), probeLimitMs);
    } catch (error) {
      const wasThreadBusy = performance.now() - start > 1.2 * probeLimitMs;
      if (wasThreadBusy) return this.probe(ask);
      if (isUnanswered(error)) this.restart();
      throw error;
    }
  }
}

/**
 * What `answer` resolves to, or undefined a second after `signal` was aborted. The SDK takes the signal too, and mostly heeds it at
 * once. But where a link is being opened it does so only after a minute while the broker says nothing, and never if the
 * connection broke in the middle of that.
 */
export async function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  let timer: NodeJS.Timeout | undefined;
  const giveUp = () => {
    timer = setTimeout(() => resolve(undefined), heedMs);
  };
  onAbort(signal, giveUp);
  try {
    return await Promise.race([answer, promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
  }
}

const heedMs = seconds(1);

const probeLimitMs = seconds(3);

function newGiveUp(): AbortController {
  const giveUp = new AbortController();
  setMaxListeners(0, giveUp.signal);
  return giveUp;
}
