import type { Fingerprint } from '../../domain/fingerprint.ts';
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
  /** Of the content of its message; undefined if the listing does not say, as of a lock that is held. */
  readonly fingerprint?: Fingerprint | undefined;
  readonly version: LockVersion;
  readonly writtenAt: StoreTime;
}

/** One answer of a listing, with the store's clock at that moment. What is not a lock is left out. */
export interface LockPage {
  /** In the order of the store's names. */
  readonly locks: readonly ListedLock[];
  /** The last name of the page that a lock could have; undefined if it has none. */
  readonly last: LockName | undefined;
  readonly observedAt: StoreTime;
}

export interface ListingOptions {
  /** The listing goes on behind this name, whether or not there is still such a lock. Default: it begins with the first. */
  readonly after?: LockName | undefined;
  /** The most names of the `nth` page, from 0, up to `largestPage`. Default: as many as the store gives. */
  readonly pageSize?: (nth: number) => number;
}

/** The most that a page holds. Source: Microsoft, "List Blobs", maxresults. */
export const largestPage = 5000;

/** Lists locks, for the sweep and for people. */
export interface LockCatalog {
  /**
   * The locks of a scope, in whichever layout they are, in the order of their names, a page at a time, each asked for when it is wanted. A lock that is
   * written meanwhile may show its earlier or its later revision, or both.
   *
   * @throws LockStoreError (by the iteration) if the store cannot be asked.
   */
  pages(scope: string, options?: ListingOptions): AsyncIterable<LockPage>;
}
