import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { type DurationMs, durationMs, seconds } from '../../domain/time.ts';

/** The stamps of the broker that tell how long its peek-locks last. */
export type StampedMessage = Pick<ServiceBusReceivedMessage, 'lockedUntilUtc' | 'enqueuedTimeUtc' | 'deliveryCount'>;

/**
 * How long the peek-locks of one queue last, by the broker's clock alone: no answer says what time it is there, and this
 * machine's clock can be an hour off. A delivery says when the message was enqueued and when its lock ends. In between lie the
 * lock and the time on the queue, so that the lock lasts no longer than the least of these that was seen. If the receiver was
 * already waiting when the message came, there was no time on the queue, and it lasts as long.
 */
export class PeekLockDuration {
  #mostMs = Number.POSITIVE_INFINITY;
  #isMeasured = false;

  /** `waitedMs` is how long the broker had known that the message is wanted; 0 if that is not sure. */
  note({ lockedUntilUtc, enqueuedTimeUtc, deliveryCount = 0 }: StampedMessage, waitedMs: number): void {
    if (lockedUntilUtc === undefined || enqueuedTimeUtc === undefined) return;
    this.#mostMs = Math.min(this.#mostMs, lockedUntilUtc.getTime() - enqueuedTimeUtc.getTime());
    // One that was given back, or whose lock ended, was enqueued long before.
    this.#isMeasured ||= deliveryCount === 0 && waitedMs >= surelyWaitedMs;
  }

  /**
   * How long after a delivery or a renewal a lock is renewed: after a third of it, so that two renewals may fail, and 15 s at
   * most. As long as nobody knows better, after a third of the shortest that a queue can be set to.
   */
  get renewalMs(): DurationMs {
    const knownMs = this.#isMeasured ? this.#mostMs : Math.min(shortestLockMs, this.#mostMs);
    return durationMs(Math.min(seconds(15), Math.max(100, knownMs / 3)));
  }
}

/** Longer than a message that is on the queue needs to arrive. */
const surelyWaitedMs = 1000;

/** Source: Microsoft, "Message transfers, locks, and settlement": a lock lasts from 5 s to 5 min, and 1 min unless set. */
const shortestLockMs = seconds(5);
