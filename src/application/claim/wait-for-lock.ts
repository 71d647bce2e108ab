import { LockUndecidedError } from '../../domain/errors.ts';
import { decide } from '../../domain/lock-policy.ts';
import type { Claim } from '../../domain/lock-record.ts';
import { age, type DurationMs, durationMs, remaining, seconds } from '../../domain/time.ts';
import { graceOf } from '../../domain/ttl.ts';
import { errorText } from '../error-text.ts';
import { readInBudget } from '../lock/owned-write.ts';
import type { Random } from '../ports/clock.ts';
import { LockStoreError, type StoredLock } from '../ports/lock-store.ts';
import { Deadline } from '../time/deadline.ts';
import { type Acquisition, acquireLock, type ClaimOptions, type ClaimPorts, untilExpiry } from './acquire-lock.ts';
import type { LockPoller } from './lock-poller.ts';

export interface WaitOptions extends ClaimOptions {
  /** How long this delivery waits for an active lock, and for a store that is not available. */
  readonly waitMs: DurationMs;
  /** Whether the lock is read before it is claimed; else it is created at once. */
  readonly looksFirst: boolean;
  readonly poller: LockPoller;
}

type Rejection = Acquisition & { readonly kind: 'reject' };

/** Where a delivery without the lock stands, and with that what it does next. */
type Situation =
  /** The message is most likely new: the lock is created at once. */
  | { readonly kind: 'new' }
  /** The lock is read, and claimed if it is free. */
  | { readonly kind: 'known' }
  /** An owner is at work. The process looks again in a while, for all of its deliveries that wait. */
  | { readonly kind: 'active'; readonly rejection: Rejection }
  /** The store gave no clear answer. It is asked again in a while. */
  | { readonly kind: 'store-trouble'; readonly error: Error };

/**
 * Acquires the lock, waiting for an active one, and for a store that is not available: ten instant redeliveries would
 * dead-letter a message that nothing is wrong with. It never waits beyond the message's own expiry, which is compared with
 * the store's clock and not with this instance's.
 *
 * @throws LockUndecidedError, LockStoreError if the store is not available for as long as the delivery may wait.
 * @throws the signal's reason when it is aborted during a wait.
 */
export async function acquireOrWait(ports: ClaimPorts, options: WaitOptions): Promise<Acquisition> {
  const { subject, expiresAt, slot, waitMs, looksFirst } = options;
  const deadline = new Deadline(ports.clock, waitMs);
  let situation: Situation = { kind: looksFirst ? 'known' : 'new' };
  let isTold = false;
  for (;;) {
    const outcome = await orTrouble(resolve(ports, options, situation, deadline));
    switch (outcome.kind) {
      case 'reject':
        deadline.bringForward(untilExpiry(outcome.stored, expiresAt));
        if (deadline.isOver) return outcome;
        slot?.park();
        if (situation.kind !== 'active') subject.span?.note('wait', { for: outcome.stored.record.owner });
        situation = { kind: 'active', rejection: outcome };
        break;
      case 'store-trouble':
        if (deadline.isOver) throw outcome.error;
        if (!isTold) {
          const cause = errorText(outcome.error);
          ports.events.emit({ ...subject, kind: 'store-trouble', cause, waitMs: deadline.leftMs });
        }
        isTold = true;
        // The slot is kept: the next message would fare no better, and is best left on the queue.
        situation = outcome;
        break;
      default:
        return outcome;
    }
  }
}

/** What comes of a situation: the lock, or why this delivery does not have it. */
async function resolve(
  ports: ClaimPorts,
  options: WaitOptions,
  situation: Situation,
  deadline: Deadline,
): Promise<Acquisition> {
  const { clock, random } = ports;
  const { subject, claim, signal, poller } = options;
  const read = () => readInBudget(ports, subject);
  switch (situation.kind) {
    case 'new':
      return acquireLock(ports, options, undefined);
    case 'known':
      return acquireLock(ports, options, await read());
    case 'store-trouble':
      await clock.sleep(durationMs(Math.min(deadline.leftMs, pollMs(random))), signal);
      return acquireLock(ports, options, await read());
    case 'active': {
      const { rejection } = situation;
      const pause = untilPoll(rejection.stored, random);
      const seen = await poller.look(subject.lock, { pollMs: pause, mostMs: deadline.leftMs, signal, read });
      if (seen === 'late') return rejection;
      // Of the deliveries that see it free at the same time, one claims it. The others look again: by then it is held.
      const claimed = await poller.claim(subject.lock, () => acquireLock(ports, options, seen));
      return claimed ?? decided(seen, claim) ?? rejection;
    }
  }
}

/** What `acquisition` gives, or why the store gave no clear answer. */
async function orTrouble(
  acquisition: Promise<Acquisition>,
): Promise<Acquisition | (Situation & { readonly kind: 'store-trouble' })> {
  try {
    return await acquisition;
  } catch (error) {
    if (error instanceof LockStoreError || error instanceof LockUndecidedError) return { kind: 'store-trouble', error };
    throw error;
  }
}

/** What is decided on what was seen, if that needs no write. */
function decided(seen: StoredLock | undefined, claim: Claim): Acquisition | undefined {
  const decision = decide(seen, claim);
  if (seen === undefined || decision.kind === 'create' || decision.kind === 'takeover') return undefined;
  return { ...decision, stored: seen };
}

/** The longest time between two looks at an active lock. */
export const longestPollMs: DurationMs = seconds(3);
const shortestPollMs = 500;

/** How long until the next look: 0.5 to 3 s, at random so that instances do not meet, but no later than the lock can expire. */
function untilPoll({ record, writtenAt, observedAt }: StoredLock, random: Random): DurationMs {
  const untilExpired = remaining(durationMs(record.ttlMs + graceOf(record.ttlMs)), age(writtenAt, observedAt));
  // The store's times are whole seconds: only in the second after is the age strictly greater.
  return durationMs(Math.min(untilExpired + seconds(1), pollMs(random)));
}

const pollMs = (random: Random): DurationMs => durationMs(shortestPollMs + random() * (longestPollMs - shortestPollMs));
