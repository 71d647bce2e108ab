import type { LockName } from '../../domain/lock-name.ts';
import type { LockRecord, ObservedLock } from '../../domain/lock-record.ts';
import type { StoreTime } from '../../domain/time.ts';

/** An opaque mark of one stored revision. Only a store makes one, and only for equality. */
export type LockVersion = string & { readonly kind: 'LockVersion' };

/** Where a write landed, and when by the store's clock. */
export interface Revision {
  readonly version: LockVersion;
  readonly writtenAt: StoreTime;
}

export type StoredLock = ObservedLock & Revision;

/** What must be stored for a write to be applied: nothing, or exactly one revision. There is no unconditional write. */
export type WriteCondition = 'absent' | { readonly version: LockVersion };

export type WriteResult<Written> =
  | ({ readonly kind: 'written' } & Written)
  /** Something else is stored than the condition says. It can be this very write, its answer lost and the request resent. */
  | { readonly kind: 'conflict' }
  /** No clear answer: the write may be applied, now or later. */
  | { readonly kind: 'unknown'; readonly cause: unknown };

/**
 * One compare-and-set register per lock name: of concurrent writes that expect the same revision at most one is applied.
 * No version is used twice, also not after a deletion. Every call answers within a bound of the store's own making.
 *
 * Each method rejects with a LockStoreError when the store cannot be asked, or refuses for a reason that is not the lock's.
 */
export interface LockStore {
  /** The stored lock with both times of the store's clock from this one answer; undefined if there is none. */
  read(name: LockName): Promise<StoredLock | undefined>;
  put(name: LockName, record: LockRecord, condition: WriteCondition): Promise<WriteResult<Revision>>;
  delete(name: LockName, version: LockVersion): Promise<WriteResult<object>>;
}

/** The lock store did not carry out a call, for a reason other than contention. */
export class LockStoreError extends Error {
  override readonly name = 'LockStoreError';
  /**
   * Whether the same call may be served a moment later: no connection, a timeout, throttling, access that is being restored.
   * One that is not transient needs somebody's hand: a corrupt lock, a missing container.
   */
  readonly isTransient: boolean;

  constructor(what: string, { isTransient, cause }: { readonly isTransient: boolean; readonly cause?: unknown }) {
    super(what, { cause });
    this.isTransient = isTransient;
  }
}
