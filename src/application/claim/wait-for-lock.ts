import { LockUndecidedError } from '../../domain/errors.ts';
import { decide } from '../../domain/lock-policy.ts';
import type { Claim, LockRecord } from '../../domain/lock-record.ts';
import { age, type DurationMs, durationMs, remaining, seconds } from '../../domain/time.ts';
import { graceOf } from '../../domain/ttl.ts';
import { errorText } from '../error-text.ts';
import { type LockOperations, readInBudget } from '../lock/owned-write.ts';
import { LockStoreError, type StoredLock } from '../ports/lock-store.ts';
import type { Random } from '../ports/random.ts';
import type { WorkSlot } from '../ports/work-slot.ts';
import { type AcquireOptions, type Acquisition, acquireLock } from './acquire-lock.ts';
import type { LockPoller } from './lock-poller.ts';

export interface WaitOptions extends Omit<AcquireOptions, 'first' | 'spreadOf' | 'waitUntilDue'> {
  readonly looksFirst: boolean;
  readonly poller: LockPoller;
  readonly random: Random;
  /** How long this delivery waits for an active lock. */
  readonly waitMs: DurationMs;
  /** When the broker lets the message expire, in milliseconds since the epoch; undefined for never. */
  readonly expiresAt: number | undefined;
  /** Ends every wait. */
  readonly signal: AbortSignal | undefined;
  readonly slot: WorkSlot | undefined;
}

/**
 * Acquires the lock, waiting for an active one, and for a store that does not serve: ten instant redeliveries would
 * dead-letter a message that nothing is wrong with. It never waits beyond the message's own expiry, which is compared with
 * the store's clock and not with this instance's.
 *
 * @throws LockUndecidedError, LockStoreError if the store does not serve as long as the delivery may wait.
 * @throws the signal's reason when it is aborted during a wait.
 */
export async function acquireOrWait(operations: LockOperations, options: WaitOptions): Promise<Acquisition> {
  const { clock, events } = operations;
  const { name, claim, timings, poller, random, signal, slot } = options;
  let end = clock.monotonic() + options.waitMs;
  const leftMs = () => durationMs(Math.max(0, end - clock.monotonic()));
  const read = () =>
    readInBudget(operations, { name, messageId: claim.messageId, budgetMs: timings.operationBudgetMs });
  const acquire = (first: StoredLock | undefined) =>
    acquireLock(operations, {
      ...options,
      first,
      spreadOf: (record) => crashSpread(record, random),
      waitUntilDue: (waitMs, stored) => {
        slot?.park();
        return clock.sleep(durationMs(Math.max(0, Math.min(waitMs, untilExpiry(stored, options)))), signal);
      },
    });

  let next = async () => acquire(options.looksFirst ? await read() : undefined);
  let isTold = false;
  for (;;) {
    const outcome = await storeTrouble(next);
    if (outcome.kind === 'trouble') {
      if (leftMs() === 0) throw outcome.error;
      if (!isTold) {
        const cause = errorText(outcome.error);
        events.emit({ kind: 'store-trouble', messageId: claim.messageId, lock: name, cause, waitMs: leftMs() });
      }
      isTold = true;
      // The slot is kept: the next message would fare no better, and is best left on the queue.
      await clock.sleep(durationMs(Math.min(leftMs(), pollMs(random))), signal);
      next = async () => acquire(await read());
      continue;
    }
    if (outcome.kind !== 'reject') return outcome;
    const { stored } = outcome;
    end = Math.min(end, clock.monotonic() + untilExpiry(stored, options));
    const mostMs = leftMs();
    if (mostMs === 0) return outcome;
    slot?.park();
    next = async () => {
      const seen = await poller.look(name, { pollMs: untilPoll(stored, random), mostMs, signal, read });
      if (seen === 'still-waiting') return outcome;
      // Of those who see it free at once, one claims it. The others look again: it is that one's then.
      return (await poller.claim(name, () => acquire(seen))) ?? decided(seen, claim) ?? outcome;
    };
  }
}

/** What `acquire` gives, or why the store did not serve. */
async function storeTrouble(
  acquire: () => Promise<Acquisition>,
): Promise<Acquisition | { readonly kind: 'trouble'; readonly error: Error }> {
  try {
    return await acquire();
  } catch (error) {
    if (error instanceof LockStoreError || error instanceof LockUndecidedError) return { kind: 'trouble', error };
    throw error;
  }
}

/** What is decided on what was seen, if that needs no write. */
function decided(seen: StoredLock | undefined, claim: Claim): Acquisition | undefined {
  const decision = decide(seen, claim);
  if (seen === undefined || decision.kind === 'create' || decision.kind === 'takeover') return undefined;
  return { ...decision, stored: seen };
}

const untilExpiry = ({ observedAt }: StoredLock, { expiresAt }: WaitOptions): number =>
  (expiresAt ?? Number.POSITIVE_INFINITY) - observedAt;

/**
 * A message that ends its process ends its neighbours' too, and all of them come back together. Taken over at random times,
 * the more so the more often it happens, they part, and the neighbours get done.
 */
const crashSpread = ({ crashes }: LockRecord, random: Random): DurationMs =>
  durationMs(Math.floor(random() * 2000 * (crashes + 1)));

/** The longest time between two looks at an active lock. */
export const longestPollMs: DurationMs = seconds(3);
const shortestPollMs = 500;

/** A look at the moment the lock can have expired, and before that every 0.5 to 3 s, spread so that instances do not meet. */
function untilPoll({ record, writtenAt, observedAt }: StoredLock, random: Random): DurationMs {
  const untilExpired = remaining(durationMs(record.ttlMs + graceOf(record.ttlMs)), age(writtenAt, observedAt));
  // The store's times are whole seconds: only in the second after is the age strictly greater.
  return durationMs(Math.min(untilExpired + seconds(1), pollMs(random)));
}

const pollMs = (random: Random): DurationMs => durationMs(shortestPollMs + random() * (longestPollMs - shortestPollMs));
