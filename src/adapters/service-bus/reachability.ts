import { setTimeout as sleep } from 'node:timers/promises';
import { type DurationMs, durationMs, seconds } from '../../domain/time.ts';
import type { QueueReceiverEvent } from './queue-receiver-event.ts';
import { interruptionReason, lastError } from './service-bus-errors.ts';

/** Whether a queue can be received from: asked once for all of its receivers, and each change told once. */
export class Reachability {
  readonly #probe: (signal: AbortSignal) => Promise<unknown>;
  readonly #report: (event: QueueReceiverEvent) => void;
  readonly #signal: AbortSignal;
  #reported: string | undefined;
  #recovery: Promise<void> | undefined;
  #failures = 0;
  #reachedAt = -Infinity;

  /** `probe` rejects if the queue cannot be reached. Once `signal` is aborted, nothing is tried or told any more. */
  constructor(
    probe: (signal: AbortSignal) => Promise<unknown>,
    report: (event: QueueReceiverEvent) => void,
    signal: AbortSignal,
  ) {
    this.#probe = probe;
    this.#report = report;
    this.#signal = signal;
  }

  /** Resolves when the queue answers, or the signal is aborted. `cause` is why somebody thinks that it does not. */
  restored(cause?: unknown): Promise<void> {
    this.#recovery ??= this.#recover(cause)
      .catch((error) => {
        if (!this.#signal.aborted) throw error;
      })
      .finally(() => {
        this.#recovery = undefined;
      });
    return this.#recovery;
  }

  async #recover(cause: unknown): Promise<void> {
    // One failure is no news: the broker detaches an idle link, which is back at once. Soon after another one it is, even if
    // the queue answers, and is tried ever less often.
    this.#failures = performance.now() - this.#reachedAt < calmMs ? this.#failures + 1 : 0;
    if (this.#failures > 1) this.#interrupted(cause);
    for (;;) {
      await sleep(backOff(this.#failures), undefined, { signal: this.#signal });
      try {
        await this.#probe(this.#signal);
        break;
      } catch (error) {
        this.#signal.throwIfAborted();
        this.#failures += 1;
        this.#interrupted(error);
      }
    }
    this.#reachedAt = performance.now();
    this.#changed('receiving', { kind: 'receiving' });
  }

  #interrupted(error: unknown): void {
    const reason = interruptionReason(error);
    this.#changed(reason, { kind: 'interrupted', reason, cause: lastError(error) });
  }

  #changed(state: string, event: QueueReceiverEvent): void {
    if (state === this.#reported) return;
    this.#reported = state;
    this.#report(event);
  }
}

const calmMs = seconds(10);

/** 0 at first, then 0.2 s, doubled up to 5 s. */
const backOff = (failures: number): DurationMs =>
  failures === 0 ? durationMs(0) : durationMs(Math.min(5000, 200 * 2 ** (failures - 1)));
