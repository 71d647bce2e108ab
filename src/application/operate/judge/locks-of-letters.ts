import type { LockName } from '../../../domain/lock-name.ts';
import { seconds } from '../../../domain/time.ts';
import { type LockPorts, readInBudget } from '../../lock/owned-write.ts';
import type { LockCatalog } from '../../ports/lock-catalog.ts';
import type { LockSubject } from '../../ports/lock-events.ts';
import type { StoredLock } from '../../ports/lock-store.ts';
import { Deadline } from '../../time/deadline.ts';

export interface LockListing {
  readonly catalog: LockCatalog;
  readonly scope: string;
}

/**
 * The locks of many dead letters. Each that is there is read. Where many are not, one listing tells of thousands that they are
 * not there, for what 200 reads cost. What it says is up to `trustedFor` old; a lock that was made since belongs to another
 * delivery under the same ID, of which the next delivery takes care.
 */
export class LocksOfLetters {
  readonly #ports: LockPorts;
  readonly #listing: LockListing;
  #read = 0;
  #missing = 0;
  #listed: { readonly names: ReadonlySet<LockName> | 'too-many'; readonly until: Deadline } | undefined;

  constructor(ports: LockPorts, listing: LockListing) {
    this.#ports = ports;
    this.#listing = listing;
  }

  /** Lists, if that costs less than to ask for each of the next ones. */
  async prepare(): Promise<void> {
    const isWorthIt = this.#missing >= worthFrom && this.#missing * 4 > this.#read;
    if (!isWorthIt || this.#listed?.until.isOver === false) return;
    const until = new Deadline(this.#ports.clock, trustedFor);
    this.#listed = { names: await this.#list(), until };
  }

  /** @throws LockUndecidedError, LockStoreError as every read does. */
  async of(subject: LockSubject): Promise<StoredLock | undefined> {
    const names = this.#listed?.names ?? 'too-many';
    if (names !== 'too-many' && !names.has(subject.lock)) return undefined;
    const lock = await readInBudget(this.#ports, subject);
    this.#read += 1;
    if (lock === undefined) this.#missing += 1;
    return lock;
  }

  async #list(): Promise<ReadonlySet<LockName> | 'too-many'> {
    const { catalog, scope } = this.#listing;
    const names = new Set<LockName>();
    for await (const { locks } of catalog.pages(scope)) {
      for (const { name } of locks) names.add(name);
      if (names.size > mostListed) return 'too-many';
    }
    return names;
  }
}

const trustedFor = seconds(30);

/** As many reads cost about as much as a page of a listing. */
const worthFrom = 100;

/** Some pages, and some megabytes. */
const mostListed = 50_000;
