import type { EndedLock } from '../../../domain/dead-letter.ts';
import type { LockName } from '../../../domain/lock-name.ts';
import { seconds } from '../../../domain/time.ts';
import { type LockPorts, readInBudget } from '../../lock/owned-write.ts';
import type { ListedLock, LockCatalog } from '../../ports/lock-catalog.ts';
import type { LockSubject } from '../../ports/lock-events.ts';
import type { LockVersion, StoredLock } from '../../ports/lock-store.ts';
import { Deadline } from '../../time/deadline.ts';

export interface LockListing {
  readonly catalog: LockCatalog;
  readonly scope: string;
}

/** A lock without an owner, as a listing shows it. */
export interface ListedEnd extends EndedLock {
  readonly version: LockVersion;
}

/**
 * The locks of many dead letters. Where many are not there, or have no owner, one listing says so of thousands, for what 200
 * reads cost. What it says is up to `trustedFor` old. A lock that was written since belongs to another delivery under the same
 * ID, of which the next delivery takes care.
 */
export class LocksOfLetters {
  readonly #ports: LockPorts;
  readonly #listing: LockListing;
  #read = 0;
  /** Reads whose answer a listing would have given. */
  #needless = 0;
  #listed:
    | { readonly locks: ReadonlyMap<LockName, ListedEnd | undefined> | 'too-many'; readonly until: Deadline }
    | undefined;

  constructor(ports: LockPorts, listing: LockListing) {
    this.#ports = ports;
    this.#listing = listing;
  }

  /** Lists, if that costs less than to ask for each of the next ones. */
  async prepare(): Promise<void> {
    const isWorthIt = this.#needless >= worthFrom && this.#needless * 4 > this.#read;
    if (!isWorthIt || this.#listed?.until.isOver === false) return;
    const until = new Deadline(this.#ports.clock, trustedFor);
    this.#listed = { locks: await this.#list(), until };
  }

  /** All that a lock says. @throws LockUndecidedError, LockStoreError as every read does. */
  async of(subject: LockSubject): Promise<StoredLock | undefined> {
    return this.#isMissing(subject.lock) ? undefined : this.#readOne(subject, () => false);
  }

  /** As much of a lock as a verdict needs. @throws LockUndecidedError, LockStoreError as every read does. */
  async briefly(subject: LockSubject): Promise<StoredLock | ListedEnd | undefined> {
    const listed = this.#names?.get(subject.lock);
    if (listed !== undefined || this.#isMissing(subject.lock)) return listed;
    return this.#readOne(subject, ({ record }) => record.state !== 'held');
  }

  async #readOne(subject: LockSubject, isListed: (lock: StoredLock) => boolean): Promise<StoredLock | undefined> {
    const lock = await readInBudget(this.#ports, subject);
    this.#read += 1;
    if (lock === undefined || isListed(lock)) this.#needless += 1;
    return lock;
  }

  #isMissing(name: LockName): boolean {
    return this.#names?.has(name) === false;
  }

  get #names(): ReadonlyMap<LockName, ListedEnd | undefined> | undefined {
    const { locks = 'too-many' } = this.#listed ?? {};
    return locks === 'too-many' ? undefined : locks;
  }

  async #list(): Promise<ReadonlyMap<LockName, ListedEnd | undefined> | 'too-many'> {
    const { catalog, scope } = this.#listing;
    const found = new Map<LockName, ListedEnd | undefined>();
    for await (const { locks } of catalog.pages(scope)) {
      for (const lock of locks) found.set(lock.name, endOf(lock));
      if (found.size > mostListed) return 'too-many';
    }
    return found;
  }
}

/** Undefined if the listing does not decide: of a lock that is held, or was written by a version that does not say enough. */
const endOf = ({ state, fingerprint, version }: ListedLock): ListedEnd | undefined =>
  state === 'held' || fingerprint === undefined ? undefined : { state, fingerprint, version };

const trustedFor = seconds(10);

/** As many reads cost about as much as a page of a listing. */
const worthFrom = 100;

/** Some pages, and some megabytes. */
const mostListed = 50_000;
