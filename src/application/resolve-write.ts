import type { LockName } from '../domain/lock-name.ts';
import { type LockRecord, renewed, tokenOf } from '../domain/lock-record.ts';
import type { MessageId } from '../domain/message-id.ts';
import type { DurationMs } from '../domain/time.ts';
import { Patience } from './patience.ts';
import type { Clock } from './ports/clock.ts';
import type { Ids } from './ports/ids.ts';
import type { LockEvents } from './ports/lock-events.ts';
import type { LockStore, LockVersion, Revision, StoredLock, WriteCondition } from './ports/lock-store.ts';

/** What operations on a lock need besides the lock. */
export interface LockOperations {
  readonly store: LockStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly events: LockEvents;
  /** How long one request to the store takes at most. */
  readonly requestTimeoutMs: DurationMs;
}

/** One write of an owner: `record` on top of what `condition` names, to be decided within `budgetMs`. */
export interface LockWrite {
  readonly name: LockName;
  readonly record: LockRecord;
  readonly condition: WriteCondition;
  readonly budgetMs: DurationMs;
}

export type OwnerWrite =
  /** The store holds this record of ours: the one given, or the same as a later write of ours. */
  | ({ readonly kind: 'ours'; readonly record: LockRecord } & Revision)
  /** It does not, and no write of ours on this condition can be applied any more. */
  | { readonly kind: 'not-ours'; readonly stored: StoredLock | undefined };

/**
 * Writes, and does not take an unclear answer for one: the stored record says whose write landed, and which.
 *
 * A lost answer and a late write look alike until a later write on the same condition has succeeded. So an unclear write is
 * followed by a read; if that shows the expected revision still, the content is sent again as the next write of this owner.
 *
 * @throws LockUndecidedError if the budget ends first. The write may then be applied, now or later.
 * @throws LockStoreError if the store refuses for a reason that does not pass.
 */
export async function putAsOwner(operations: LockOperations, write: LockWrite): Promise<OwnerWrite> {
  const { store, events } = operations;
  const patience = new Patience(operations, write.record.messageId, write.budgetMs);
  let { record, condition } = write;
  for (;;) {
    const result = await patience.ask(() => store.put(write.name, record, condition));
    if (result.kind === 'written')
      return { kind: 'ours', record, version: result.version, writtenAt: result.writtenAt };

    // A conflict can be our own write, its answer lost. So it is judged by owner before anything else.
    const stored = await patience.ask(() => store.read(write.name));
    const isOurs = stored?.record.owner === record.owner;
    if (result.kind === 'unknown' || isOurs) {
      events.emit({
        kind: 'ambiguous-resolved',
        messageId: record.messageId,
        lock: write.name,
        owner: record.owner,
        write: record.writeId,
        isOurs,
      });
    }
    if (isOurs) {
      if (stored.record.writeId === record.writeId) return { ...stored, kind: 'ours' };
      // An earlier write of ours landed late. The lock is ours; the newest content goes on top of it.
      record = { ...renewed(record), fencingToken: tokenOf(stored) };
      condition = { version: stored.version };
    } else if (meets(stored, condition)) {
      record = renewed(record);
    } else {
      return { kind: 'not-ours', stored };
    }
    await patience.pause(result);
  }
}

export type OwnerDelete = 'deleted' | 'not-ours';

/**
 * Deletes the revision `version`. Gone is gone, whoever did it; and after a lost answer a lock of somebody else is one that
 * was created since.
 *
 * @throws LockUndecidedError, LockStoreError as putAsOwner does.
 */
export async function deleteAsOwner(
  operations: LockOperations,
  lock: {
    readonly name: LockName;
    readonly record: LockRecord;
    readonly version: LockVersion;
    readonly budgetMs: DurationMs;
  },
): Promise<OwnerDelete> {
  const { store } = operations;
  const patience = new Patience(operations, lock.record.messageId, lock.budgetMs);
  let version = lock.version;
  let mayBeDeleted = false;
  for (;;) {
    const result = await patience.ask(() => store.delete(lock.name, version));
    if (result.kind === 'written') return 'deleted';
    mayBeDeleted ||= result.kind === 'unknown';
    const stored = await patience.ask(() => store.read(lock.name));
    if (stored === undefined) return 'deleted';
    if (stored.record.owner !== lock.record.owner) return mayBeDeleted ? 'deleted' : 'not-ours';
    version = stored.version;
    await patience.pause(result);
  }
}

/** Reads, asking again while the store does not answer. */
export function readPatiently(
  operations: LockOperations,
  lock: { readonly name: LockName; readonly messageId: MessageId; readonly budgetMs: DurationMs },
): Promise<StoredLock | undefined> {
  const patience = new Patience(operations, lock.messageId, lock.budgetMs);
  return patience.ask(() => operations.store.read(lock.name));
}

const meets = (stored: StoredLock | undefined, condition: WriteCondition): boolean =>
  condition === 'absent' ? stored === undefined : stored?.version === condition.version;
