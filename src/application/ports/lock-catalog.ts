import type { LockName } from '../../domain/lock-name.ts';
import type { LockRecord } from '../../domain/lock-record.ts';
import type { MessageId } from '../../domain/message-id.ts';
import type { StoreTime } from '../../domain/time.ts';
import type { LockVersion } from './lock-store.ts';

/** A lock as a listing shows it, without its content. */
export interface ListedLock {
  readonly name: LockName;
  readonly messageId: MessageId;
  /** The source of another producer's event. */
  readonly source?: string | undefined;
  readonly state: LockRecord['state'];
  /** Whoever owns, or last owned, it; undefined if the listing does not say. */
  readonly owner?: string | undefined;
  readonly version: LockVersion;
  readonly writtenAt: StoreTime;
}

/** One answer of a listing, with the store's clock at that moment. What is not a lock is left out. */
export interface LockPage {
  readonly locks: readonly ListedLock[];
  readonly observedAt: StoreTime;
}

/** Lists locks, for the sweep and for people. */
export interface LockCatalog {
  /**
   * The locks of a scope, a page at a time, each asked for when it is wanted. A lock that is written meanwhile may show its
   * earlier or its later revision, or both.
   *
   * @throws LockStoreError (by the iteration) if the store cannot be asked.
   */
  pages(scope: string): AsyncIterable<LockPage>;
}
