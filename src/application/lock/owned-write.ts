import { type LockContent, type LockRecord, tokenOf } from '../../domain/lock-record.ts';
import type { DurationMs } from '../../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { LockEvents, LockSubject } from '../ports/lock-events.ts';
import type { LockStore, Revision, StoredLock, WriteCondition } from '../ports/lock-store.ts';
import type { LockTimings } from '../time/lock-timings.ts';
import { type Instant, instant } from '../time/validity.ts';
import { type GiveUp, OperationBudget } from './operation-budget.ts';
import type { WriteSequence } from './write-sequence.ts';

/** What operations on a lock need of their process. */
export interface LockPorts {
  readonly store: LockStore;
  readonly clock: Clock;
  readonly events: LockEvents;
  readonly timings: LockTimings;
}

/** One write of an owner: `content` on top of what `condition` names, to be decided within `budgetMs`. */
export interface LockWrite {
  readonly subject: LockSubject;
  readonly content: LockContent;
  readonly sequence: WriteSequence;
  readonly condition: WriteCondition;
  readonly budgetMs: DurationMs;
  /** Ends the budget at once, between two requests. */
  readonly giveUp?: GiveUp | undefined;
}

/** A lock that belongs to this execution, as its last write left it. */
export interface WrittenLock extends Revision {
  readonly subject: LockSubject;
  readonly record: LockRecord;
  readonly sequence: WriteSequence;
  /** Before the request that wrote it was sent. */
  readonly requestedAt: Instant;
}

export type OwnerWrite =
  | { readonly kind: 'ours'; readonly lock: WrittenLock }
  /** The lock is not ours, and no write of ours on this condition can be applied any more. */
  | { readonly kind: 'not-ours'; readonly stored: StoredLock | undefined };

/**
 * Writes, and trusts no unclear answer: the stored record says whose write landed, and which.
 *
 * A lost answer and a late write look alike until a later write on the same condition has succeeded. So an unclear write is
 * followed by a read; if that shows the expected revision still, the content is sent again as the next write of this owner.
 *
 * @throws LockUndecidedError if the budget ends first. The write may then be applied, now or later.
 * @throws LockStoreError if the store refuses for a reason that does not pass.
 */
export async function putAsOwner(ports: LockPorts, write: LockWrite): Promise<OwnerWrite> {
  const { store, clock } = ports;
  const { subject, sequence } = write;
  const budget = new OperationBudget(ports, subject, write.budgetMs, write.giveUp);
  let { content, condition } = write;
  for (;;) {
    const record = { ...content, writeId: sequence.next() };
    const requestedAt = instant(clock);
    const result = await budget.ask(() => store.put(subject.lock, record, condition));
    if (result.kind === 'written') {
      const { version, writtenAt } = result;
      return { kind: 'ours', lock: { subject, record, version, writtenAt, sequence, requestedAt } };
    }

    // A conflict can be our own write, its answer lost. So it is judged by owner before anything else.
    const stored = await budget.ask(() => store.read(subject.lock));
    const isOurs = stored?.record.owner === record.owner;
    if (result.kind === 'unknown' || isOurs) reportResolved(ports, write, isOurs);
    if (isOurs) {
      const { version, writtenAt } = stored;
      if (stored.record.writeId === record.writeId) {
        return { kind: 'ours', lock: { subject, record, version, writtenAt, sequence, requestedAt } };
      }
      // An earlier write of ours landed late. The lock is ours; the newest content goes on top of it.
      content = { ...content, fencingToken: tokenOf(stored) };
      condition = { version };
    } else if (!meets(stored, condition)) {
      return { kind: 'not-ours', stored };
    }
    await budget.pause(result);
  }
}

function reportResolved({ events }: LockPorts, { subject, content }: LockWrite, isOurs: boolean): void {
  const { owner, state } = content;
  events.emit({ ...subject, kind: 'ambiguous-resolved', owner, write: state, isOurs });
}

export type OwnerDelete = 'deleted' | 'not-ours';

/**
 * Deletes the revision `version`. A lock that is gone counts as deleted, whoever did it. So does, after a lost answer, a lock of
 * another owner: it was created since.
 *
 * @throws LockUndecidedError, LockStoreError as putAsOwner does.
 */
export async function deleteAsOwner(
  ports: LockPorts,
  { subject, record, version: expected }: Pick<WrittenLock, 'subject' | 'record' | 'version'>,
  budgetMs: DurationMs,
): Promise<OwnerDelete> {
  const { store } = ports;
  const budget = new OperationBudget(ports, subject, budgetMs);
  let version = expected;
  let mayBeDeleted = false;
  for (;;) {
    const result = await budget.ask(() => store.delete(subject.lock, version));
    if (result.kind === 'written') return 'deleted';
    mayBeDeleted ||= result.kind === 'unknown';
    const stored = await budget.ask(() => store.read(subject.lock));
    if (stored === undefined) return 'deleted';
    if (stored.record.owner !== record.owner) return mayBeDeleted ? 'deleted' : 'not-ours';
    version = stored.version;
    await budget.pause(result);
  }
}

/** Reads, asking again while the store does not answer, for one operation. */
export function readInBudget(ports: LockPorts, subject: LockSubject): Promise<StoredLock | undefined> {
  const budget = new OperationBudget(ports, subject, ports.timings.operationBudgetMs);
  return budget.ask(() => ports.store.read(subject.lock));
}

const meets = (stored: StoredLock | undefined, condition: WriteCondition): boolean =>
  condition === 'absent' ? stored === undefined : stored?.version === condition.version;
