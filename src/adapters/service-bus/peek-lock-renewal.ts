import type { ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import { type DurationMs, seconds } from '../../domain/time.ts';
import type { PeekLockDuration } from './peek-lock-duration.ts';
import { isPeekLockLost } from './service-bus-errors.ts';
import { withTimeLimit } from './time-limit.ts';

/**
 * Renews the peek-lock of one delivery, until it is stopped, the limit has passed or the lock is lost. The SDK's own renewal
 * is keyed by message ID: of two deliveries with one ID, the settlement of the first ends the renewal of the second. And it
 * compares the broker's clock with this machine's.
 */
export class PeekLockRenewal {
  readonly #receiver: ServiceBusReceiver;
  readonly #message: ServiceBusReceivedMessage;
  readonly #duration: PeekLockDuration;
  readonly #end: number;
  readonly #onLost: (cause: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  /** Renews for the first time before the peek-lock ends, and for the last time before `limitMs` from now. */
  constructor(
    { receiver, message }: { readonly receiver: ServiceBusReceiver; readonly message: ServiceBusReceivedMessage },
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
    this.#receiver = receiver;
    this.#message = message;
    this.#duration = duration;
    this.#end = performance.now() + limitMs;
    this.#onLost = onLost;
    this.#schedule();
  }

  /** It is not called lost any more, whatever an answer under way says. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    const waitMs = this.#duration.renewalMs;
    if (performance.now() + waitMs < this.#end) this.#timer = setTimeout(() => void this.#renew(), waitMs);
  }

  async #renew(): Promise<void> {
    try {
      // The SDK would wait for a minute for an answer lost with its connection.
      await withTimeLimit(this.#receiver.renewMessageLock(this.#message), seconds(3));
    } catch (error) {
      if (isPeekLockLost(error) && !this.#isStopped) return this.#onLost(error);
      // Any other failure says nothing about the lock: it is tried again.
    }
    if (!this.#isStopped) this.#schedule();
  }
}
