import type { DurationMs } from '../../domain/time.ts';

/** Node goes through all listeners of a signal for each one that comes or goes. */
const mostSharing = 8;

/**
 * Signals that abort requests which take too long. Requests that start at about the same time share one: a signal and a timer
 * of its own costs each of them more than its answer takes to read.
 */
export class RequestDeadline {
  readonly #timeoutMs: DurationMs;
  #shared = AbortSignal.abort();
  #sharing = mostSharing;
  #sharedUntil = 0;

  constructor(timeoutMs: DurationMs) {
    this.#timeoutMs = timeoutMs;
  }

  /** For a request that starts now: aborted after the timeout, or up to a twentieth of it earlier. */
  signal(): AbortSignal {
    const now = performance.now();
    if (this.#sharing === mostSharing || now >= this.#sharedUntil) {
      this.#shared = AbortSignal.timeout(this.#timeoutMs);
      this.#sharedUntil = now + this.#timeoutMs / 20;
      this.#sharing = 0;
    }
    this.#sharing += 1;
    return this.#shared;
  }
}
