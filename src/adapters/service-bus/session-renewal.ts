import type { ServiceBusSessionReceiver } from '@azure/service-bus';
import { type DurationMs, seconds } from '../../domain/time.ts';
import type { PeekLockDuration } from './peek-lock-duration.ts';
import { isSessionLost } from './service-bus-errors.ts';
import { withTimeLimit } from './time-limit.ts';

/** Renews the lock of one session while its messages are worked on. The SDK's own renewal compares the broker's clock with ours. */
export class SessionRenewal {
  readonly #session: ServiceBusSessionReceiver;
  readonly #duration: PeekLockDuration;
  readonly #limitMs: DurationMs;
  readonly #onLost: (cause: unknown) => void;
  #end: number;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  /** Renews as long as the last `goOn` is no more than `limitMs` ago. */
  constructor(
    session: ServiceBusSessionReceiver,
    {
      duration,
      limitMs,
      onLost,
    }: {
      readonly duration: PeekLockDuration;
      readonly limitMs: DurationMs;
      readonly onLost: (cause: unknown) => void;
    },
  ) {
    this.#session = session;
    this.#duration = duration;
    this.#limitMs = limitMs;
    this.#onLost = onLost;
    this.#end = performance.now() + limitMs;
    this.#schedule();
  }

  /** The work on the next message begins. */
  goOn(): void {
    this.#end = performance.now() + this.#limitMs;
    this.#schedule(); // by what is known now of how long the lock lasts
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    const { renewalMs } = this.#duration;
    clearTimeout(this.#timer);
    if (!this.#isStopped) this.#timer = setTimeout(() => void this.#renew(), renewalMs);
  }

  async #renew(): Promise<void> {
    if (performance.now() > this.#end) return this.#schedule();
    try {
      await withTimeLimit(this.#session.renewSessionLock(), seconds(3));
    } catch (error) {
      if (isSessionLost(error) && !this.#isStopped) return this.#onLost(error);
      // Any other failure says nothing about the lock: it is tried again.
    }
    this.#schedule();
  }
}
