import { LockUndecidedError } from '../../domain/errors.ts';
import type { LockName } from '../../domain/lock-name.ts';
import { decide, type LockDecision, type TakeoverCause } from '../../domain/lock-policy.ts';
import {
  type Claim,
  created,
  type LockContent,
  type LockRecord,
  type Ownership,
  takenOver,
} from '../../domain/lock-record.ts';
import type { DurationMs } from '../../domain/time.ts';
import { type LockOperations, type OwnerWrite, putAsOwner, type WrittenLock } from '../lock/owned-write.ts';
import { WriteSequence } from '../lock/write-sequence.ts';
import type { StoredLock, WriteCondition } from '../ports/lock-store.ts';
import type { LockTimings } from '../time/lock-timings.ts';

/** What came of a claim: the lock, or why not and what was seen. */
export type Acquisition =
  | { readonly kind: 'acquired'; readonly lock: WrittenLock; readonly takenOver?: Takeover }
  | (Exclude<LockDecision, { kind: 'create' | 'takeover' }> & { readonly stored: StoredLock });

/** What was taken over, and why that was allowed. */
export interface Takeover {
  readonly cause: TakeoverCause;
  readonly stored: StoredLock;
}

export interface AcquireOptions {
  readonly name: LockName;
  readonly claim: Claim;
  readonly host: string;
  readonly timings: LockTimings;
  /** What is known of the lock. Undefined, it is created at once: one request for a message that comes for the first time. */
  readonly first: StoredLock | undefined;
  /** How long to wait before an expired lock is taken over, so that messages whose owners crashed together part. */
  readonly spreadOf: (record: LockRecord) => DurationMs;
  /** Waits until a lock that is free later is due. */
  readonly waitUntilDue: (waitMs: DurationMs, stored: StoredLock) => Promise<void>;
}

/** Races lost in a row, after which the delivery is given back: each of them means that somebody else made progress. */
const mostRaces = 10;

/**
 * Decides and writes until one of the two is final.
 *
 * @throws LockUndecidedError if what became of a write cannot be learnt. No work may be started then.
 */
export async function acquireLock(operations: LockOperations, options: AcquireOptions): Promise<Acquisition> {
  const { name, claim, host, timings } = options;
  const { messageId } = claim;
  const budgetMs = timings.operationBudgetMs;
  const write = (contentOf: (ownership: Ownership) => LockContent, condition: WriteCondition) => {
    // A new owner for every race: a late write of one that was lost must never be taken for this one.
    const sequence = new WriteSequence(operations.ids.newOwnerId());
    const content = contentOf({ owner: sequence.owner, host, ttlMs: timings.ttlMs });
    return putAsOwner(operations, { name, content, sequence, condition, budgetMs });
  };

  let stored = options.first;
  for (let races = 0; races < mostRaces; races += 1) {
    const previous = stored;
    const decision = decide(previous, claim);
    let outcome: OwnerWrite;
    if (previous === undefined || decision.kind === 'create') {
      outcome = await write((ownership) => created(claim, ownership), 'absent');
    } else if (decision.kind === 'takeover') {
      const waitMs = decision.cause === 'expired' ? options.spreadOf(previous.record) : decision.waitMs;
      if (waitMs > 0) await options.waitUntilDue(waitMs, previous);
      outcome = await write((ownership) => takenOver(previous, claim, ownership), previous);
    } else {
      return { ...decision, stored: previous };
    }
    if (outcome.kind === 'ours') {
      const { lock } = outcome;
      if (previous === undefined || decision.kind !== 'takeover') return { kind: 'acquired', lock };
      return { kind: 'acquired', lock, takenOver: { cause: decision.cause, stored: previous } };
    }
    stored = outcome.stored; // another owner was faster, or deleted it: decide again on what is there now
  }
  throw new LockUndecidedError(messageId, new Error(`${mostRaces} races for it were lost in a row`));
}
