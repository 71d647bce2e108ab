import type { SleepSignal } from '../ports/clock.ts';

/** Resolves when one of `signals` is aborted. Each keeps a listener until then, so none of them may outlive the execution. */
export const aborted = (...signals: readonly SleepSignal[]): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of signals) onAbort(signal, resolve);
  });

/** Resolves when `signal` is aborted. Removes its listener once `over` is: a signal of the host outlives many messages. */
export function abortedBefore(over: SleepSignal, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const listener = () => resolve();
  onAbort(signal, listener);
  onAbort(over, () => signal.removeEventListener('abort', listener));
  return promise;
}

/** Calls `listener` when `signal` is aborted, or now if it is. */
export function onAbort(signal: SleepSignal, listener: () => void): void {
  if (signal.aborted) listener();
  else signal.addEventListener('abort', listener, { once: true });
}

/**
 * Tells whatever runs beside the work of one message that the work is over. It is a signal that is never shown to a handler:
 * an AbortController makes an event for each abort, which would be a tenth of what a guard without I/O costs.
 */
export class EndOfWork implements SleepSignal {
  readonly #listeners = new Set<() => void>();
  #isOver = false;

  get aborted(): boolean {
    return this.#isOver;
  }

  /** One for all: made anew, it would cost a stack trace for each message. */
  get reason(): Error {
    return workIsOver;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.delete(listener);
  }

  tell(): void {
    this.#isOver = true;
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }
}

const workIsOver = new Error('The work is over.');
