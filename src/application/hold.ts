import { age, type DurationMs, durationMs, remaining, seconds } from '../domain/time.ts';
import { graceOf } from '../domain/ttl.ts';
import { type AcquireOptions, type Acquisition, acquireLock } from './acquire-lock.ts';
import type { StoredLock } from './ports/lock-store.ts';
import type { Random } from './ports/random.ts';
import type { LockOperations } from './resolve-write.ts';

export interface HoldOptions extends Omit<AcquireOptions, 'waitUntilDue'> {
  readonly random: Random;
  /** How long this delivery waits for an active lock. */
  readonly holdMs: DurationMs;
  /** When the broker lets the message expire, in milliseconds since the epoch; undefined for never. */
  readonly expiresAt: number | undefined;
}

/**
 * Acquires the lock, waiting for an active one: ten instant redeliveries would dead-letter a message still at work. It never
 * waits beyond the message's own expiry, which is compared with the store's clock and not with this instance's.
 */
export async function acquireOrHold(operations: LockOperations, options: HoldOptions): Promise<Acquisition> {
  const { clock } = operations;
  const start = clock.monotonic();
  const untilExpiry = ({ observedAt }: StoredLock): number => (options.expiresAt ?? Infinity) - observedAt;
  const waitUntilDue = (waitMs: DurationMs, stored: StoredLock): Promise<void> =>
    clock.sleep(durationMs(Math.max(0, Math.min(waitMs, untilExpiry(stored)))));

  let acquisition = await acquireLock(operations, { ...options, waitUntilDue });
  while (acquisition.kind === 'reject') {
    const left = remaining(options.holdMs, durationMs(clock.monotonic() - start));
    const waitMs = Math.min(left, untilExpiry(acquisition.stored), untilPoll(acquisition.stored, options.random));
    if (waitMs <= 0) return acquisition;
    await clock.sleep(durationMs(waitMs));
    acquisition = await acquireLock(operations, { ...options, looksFirst: true, waitUntilDue });
  }
  return acquisition;
}

/** The longest time between two looks at an active lock. */
export const longestPollMs: DurationMs = seconds(3);
const shortestPollMs = 500;

/** A poll at the moment the lock can have expired, and before that every 0.5 to 3 s, spread so that waiters do not meet. */
function untilPoll({ record, writtenAt, observedAt }: StoredLock, random: Random): DurationMs {
  const untilExpired = remaining(durationMs(record.ttlMs + graceOf(record.ttlMs)), age(writtenAt, observedAt));
  // The store's times are whole seconds: only in the second after is the age strictly greater.
  return durationMs(Math.min(untilExpired + seconds(1), shortestPollMs + random() * (longestPollMs - shortestPollMs)));
}
