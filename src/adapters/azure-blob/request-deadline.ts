import type { PipelineRequest } from '@azure/core-rest-pipeline';
import type { DurationMs } from '../../domain/time.ts';

/** What ends a request early: an AbortSignal, or the part of one that the SDK and a request need. */
export interface RequestSignal extends NonNullable<PipelineRequest['abortSignal']> {
  readonly reason: unknown;
}

type Listener = Parameters<RequestSignal['addEventListener']>[1];

/**
 * Signals that abort requests which take too long. Requests that start at about the same time share one: a timer of its own costs
 * each of them more than its answer takes to read.
 */
export class RequestDeadline {
  readonly #timeoutMs: DurationMs;
  #shared: RequestSignal | undefined;
  #sharedUntil = 0;

  constructor(timeoutMs: DurationMs) {
    this.#timeoutMs = timeoutMs;
  }

  /** For a request that starts now: aborted after the timeout, or up to a twentieth of it earlier. */
  signal(): RequestSignal {
    const now = performance.now();
    if (this.#shared === undefined || now >= this.#sharedUntil) {
      this.#shared = new TimeoutSignal(this.#timeoutMs);
      this.#sharedUntil = now + this.#timeoutMs / 20;
    }
    return this.#shared;
  }
}

/**
 * As AbortSignal.timeout, which goes through all of its listeners for each one that comes or goes, and makes an error with a stack trace
 * also when nobody listens any more.
 */
class TimeoutSignal implements RequestSignal {
  readonly #listeners = new Set<Listener>();
  #reason: DOMException | undefined;
  aborted = false;

  constructor(timeoutMs: DurationMs) {
    setTimeout(() => this.#abort(), timeoutMs).unref();
  }

  get reason(): unknown {
    if (this.aborted) this.#reason ??= new DOMException('The request took too long.', 'TimeoutError');
    return this.#reason;
  }

  addEventListener(_: 'abort', listener: Listener): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_: 'abort', listener: Listener): void {
    this.#listeners.delete(listener);
  }

  #abort(): void {
    this.aborted = true;
    for (const listener of this.#listeners) listener.call(this, new Event('abort'));
    this.#listeners.clear();
  }
}
