import { compareFingerprints } from './fingerprint.ts';
import { type Claim, isExpired, type ObservedLock } from './lock-record.ts';
import { isSamePhysicalMessage } from './physical-message.ts';
import { after, age, type DurationMs, remaining, type StoreTime } from './time.ts';

/** What becomes of a claim. Each kind ends differently for the delivery: see the kinds. */
export type LockDecision =
  /** There is no lock: create it. */
  | { readonly kind: 'create' }
  /** The lock is free again: become its owner, `waitMs` from now. */
  | { readonly kind: 'takeover'; readonly cause: TakeoverCause; readonly waitMs: DurationMs }
  /** An owner is at work; if it writes no more, until `until` on the store's clock. The delivery waits, then fails. */
  | { readonly kind: 'reject'; readonly until: StoreTime }
  /** The work is done. The delivery is settled without work. */
  | { readonly kind: 'skip' }
  /** The work failed for good, with this error. The delivery fails with it again. */
  | { readonly kind: 'refuse'; readonly lastError: string | null }
  /** The ID belongs to a message of other content. The delivery is somebody's mistake. */
  | { readonly kind: 'mismatch' };

/** Why the lock is free: its owner wrote no more; gave it up; or failed, and the message was sent again or moved back. */
export type TakeoverCause = 'expired' | 'released' | 'redriven';

/**
 * What to do about `claim`, given what the store showed. Total and pure: the same for every store and host.
 * The times it compares are the store's own, from one answer: no instance's clock decides who owns the lock.
 */
export function decide(observed: ObservedLock | undefined, claim: Claim): LockDecision {
  if (observed === undefined) return { kind: 'create' };
  const { record, writtenAt, observedAt } = observed;
  const isSentAnew = claim.again ?? !isSamePhysicalMessage(record.physical, claim.physical);
  const isRedriven = record.state === 'failed' && isSentAnew;
  // A failed message may be corrected and sent again, as long as nothing of the first content was worked on.
  const mayHaveOtherContent = isRedriven && record.steps.length === 0;
  if (compareFingerprints(record.fingerprint, claim.fingerprint) === 'different' && !mayHaveOtherContent) {
    return { kind: 'mismatch' };
  }
  switch (record.state) {
    case 'held':
      if (isExpired(observed)) return { kind: 'takeover', cause: 'expired', waitMs: noWait };
      return { kind: 'reject', until: after(writtenAt, record.ttlMs) };
    case 'released':
      return {
        kind: 'takeover',
        cause: 'released',
        waitMs: remaining(record.retryAfterMs, age(writtenAt, observedAt)),
      };
    case 'completed':
      return { kind: 'skip' };
    case 'failed':
      if (isRedriven) return { kind: 'takeover', cause: 'redriven', waitMs: noWait };
      return { kind: 'refuse', lastError: record.lastError };
  }
}

const noWait = 0 as DurationMs;
