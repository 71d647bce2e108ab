import type { ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import { type DurationMs, durationMs, seconds } from '../../domain/time.ts';
import { isPeekLockLost } from './service-bus-errors.ts';
import { withTimeLimit } from './time-limit.ts';

/**
 * Renews the peek-lock of one delivery, until it is stopped, the limit has passed or the lock is lost. The SDK's own renewal
 * is keyed by message ID: of two deliveries with one ID, the settlement of the first ends the renewal of the second.
 */
export class PeekLockRenewal {
  readonly #receiver: ServiceBusReceiver;
  readonly #message: ServiceBusReceivedMessage;
  readonly #end: number;
  readonly #onLost: (cause: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  /** Renews for the first time before the peek-lock ends, and for the last time before `limitMs` from now. */
  constructor(
    { receiver, message }: { readonly receiver: ServiceBusReceiver; readonly message: ServiceBusReceivedMessage },
    { limitMs, onLost }: { readonly limitMs: DurationMs; readonly onLost: (cause: unknown) => void },
  ) {
    this.#receiver = receiver;
    this.#message = message;
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
    const waitMs = untilRenewal(this.#message.lockedUntilUtc, Date.now());
    if (performance.now() + waitMs < this.#end) this.#timer = setTimeout(() => void this.#renew(), waitMs);
  }

  async #renew(): Promise<void> {
    try {
      // The SDK writes the new end into the message. It would wait for a minute for an answer lost with its connection.
      await withTimeLimit(this.#receiver.renewMessageLock(this.#message), seconds(3));
    } catch (error) {
      if (isPeekLockLost(error) && !this.#isStopped) return this.#onLost(error);
      // Any other failure says nothing about the lock: it is tried again.
    }
    if (!this.#isStopped) this.#schedule();
  }
}

/**
 * How long to wait before a peek-lock is renewed that ends at `lockedUntil` by the broker's clock, if it is `now` by ours: a
 * third of the time that is left, so that two renewals may fail. Never more than 15 s, whatever the clocks say: ours can be
 * an hour slow, and a queue's peek-locks last a minute unless it is set otherwise.
 *
 * Source: Microsoft, "Message transfers, locks, and settlement", lock duration.
 */
export function untilRenewal(lockedUntil: Date | undefined, now: number): DurationMs {
  const leftMs = (lockedUntil?.getTime() ?? 0) - now;
  if (leftMs <= 0) return seconds(2);
  return durationMs(Math.min(seconds(15), Math.max(100, leftMs / 3)));
}
