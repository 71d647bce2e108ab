import { setTimeout as sleep } from 'node:timers/promises';
import { type DurationMs, durationMs, seconds } from '../../domain/time.ts';
import type { QueueReceiverEvent } from './queue-receiver-event.ts';
import { interruptionReason, lastError } from './service-bus-errors.ts';

/** Asks now and then whether a queue answers, on behalf of all of its receivers, and tells each change once. */
export class Reachability {
  readonly #probe: () => Promise<unknown>;
  readonly #onEvent: (event: QueueReceiverEvent) => void;
  readonly #signal: AbortSignal;
  #restored: PromiseWithResolvers<void> | undefined;
  #pause: AbortController | undefined;
  #refusal: { readonly at: number; readonly cause: unknown } | undefined;
  #told: string | undefined;

  /** `probe` rejects if the queue does not answer as it should. Once `signal` is aborted, nothing is asked or told any more. */
  constructor(probe: () => Promise<unknown>, onEvent: (event: QueueReceiverEvent) => void, signal: AbortSignal) {
    this.#probe = probe;
    this.#onEvent = onEvent;
    this.#signal = signal;
  }

  /** Resolves the next time that the queue answers; it is asked at once, unless it just did not. Resolves at the end, too. */
  restored(): Promise<void> {
    if (this.#signal.aborted) return Promise.resolve();
    this.#pause?.abort();
    this.#restored ??= Promise.withResolvers();
    return this.#restored.promise;
  }

  /** The queue gives no messages, though it may answer. That counts as an interruption for some time, or until it does. */
  refused(cause: unknown): void {
    this.#refusal = { at: performance.now(), cause };
  }

  /** The queue gave a message. */
  received(): void {
    this.#refusal = undefined;
  }

  /** Asks again and again, until the end. */
  async watch(): Promise<void> {
    for (let failures = 0; !this.#signal.aborted; ) {
      try {
        await this.#probe();
        failures = 0;
        this.#answered();
      } catch (error) {
        failures += 1;
        this.#interrupted(error);
      }
      await (failures > 0 ? pause(backOff(failures), this.#signal) : this.#pauseUntilDoubted());
    }
    this.#restored?.resolve();
  }

  async #pauseUntilDoubted(): Promise<void> {
    const doubted = new AbortController();
    this.#pause = doubted;
    await pause(askEveryMs, AbortSignal.any([this.#signal, doubted.signal]));
    this.#pause = undefined;
  }

  #answered(): void {
    const refusal = this.#refusal;
    if (refusal !== undefined && performance.now() - refusal.at < refusalMs) this.#interrupted(refusal.cause);
    else this.#tell('receiving', { kind: 'receiving' });
    this.#restored?.resolve();
    this.#restored = undefined;
  }

  #interrupted(error: unknown): void {
    const reason = interruptionReason(error);
    this.#tell(reason, { kind: 'interrupted', reason, cause: lastError(error) });
  }

  #tell(state: string, event: QueueReceiverEvent): void {
    if (state === this.#told || this.#signal.aborted) return;
    this.#told = state;
    this.#onEvent(event);
  }
}

const askEveryMs = seconds(5);
const refusalMs = seconds(10);

/** 0.2 s after the first failure, then doubled with each, up to 5 s. */
export const backOff = (failures: number): DurationMs => durationMs(Math.min(5000, 100 * 2 ** failures));

/** Resolves after `waitMs`, or as soon as `signal` is aborted. */
export const pause = (waitMs: DurationMs, signal: AbortSignal): Promise<void> =>
  sleep(waitMs, undefined, { signal }).catch(() => undefined);
