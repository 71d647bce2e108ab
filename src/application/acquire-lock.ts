import { LockUndecidedError } from '../domain/errors.ts';
import type { LockName } from '../domain/lock-name.ts';
import { decide, type LockDecision, type TakeoverCause } from '../domain/lock-policy.ts';
import { type Claim, created, type LockRecord, type Ownership, takenOver } from '../domain/lock-record.ts';
import type { DurationMs } from '../domain/time.ts';
import type { LockTimings } from './lock-timings.ts';
import type { Revision, StoredLock, WriteCondition } from './ports/lock-store.ts';
import { type LockOperations, type OwnerWrite, putAsOwner, readPatiently } from './resolve-write.ts';

/** A lock that belongs to this execution, as its last write left it. */
export interface AcquiredLock extends Revision {
  readonly name: LockName;
  readonly record: LockRecord;
}

/** What came of a claim: the lock, or why not and what was seen. */
export type Acquisition =
  | { readonly kind: 'acquired'; readonly lock: AcquiredLock; readonly takenOver?: Takeover }
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
  /** Whether there may be a lock already, so that looking first saves a request. */
  readonly looksFirst: boolean;
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
  const write = (recordOf: (ownership: Ownership) => LockRecord, condition: WriteCondition) => {
    // A new owner for every write: a late write of an earlier one must never be taken for this one.
    const record = recordOf({ owner: operations.ids.newOwnerId(), host, ttlMs: timings.ttlMs });
    return putAsOwner(operations, { name, record, condition, budgetMs });
  };

  // A first delivery most likely finds nothing: create at once, one request. Any other looks first, one request too.
  let stored = options.looksFirst ? await readPatiently(operations, { name, messageId, budgetMs }) : undefined;
  for (let races = 0; races < mostRaces; races += 1) {
    const previous = stored;
    const decision = decide(previous, claim);
    let outcome: OwnerWrite;
    if (previous === undefined || decision.kind === 'create') {
      outcome = await write((ownership) => created(claim, ownership), 'absent');
    } else if (decision.kind === 'takeover') {
      if (decision.waitMs > 0) await options.waitUntilDue(decision.waitMs, previous);
      outcome = await write((ownership) => takenOver(previous, claim, ownership), previous);
    } else {
      return { ...decision, stored: previous };
    }
    if (outcome.kind === 'ours') {
      const { record, version, writtenAt } = outcome;
      const lock = { name, record, version, writtenAt };
      if (previous === undefined || decision.kind !== 'takeover') return { kind: 'acquired', lock };
      return { kind: 'acquired', lock, takenOver: { cause: decision.cause, stored: previous } };
    }
    stored = outcome.stored; // another owner was faster, or deleted it: decide again on what is there now
  }
  throw new LockUndecidedError(messageId, new Error(`${mostRaces} races for it were lost in a row`));
}
