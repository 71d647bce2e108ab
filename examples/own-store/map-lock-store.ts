import type {
  LockStore,
  LockVersion,
  Revision,
  StoredLock,
  WriteCondition,
  WriteResult,
} from 'immutable-service-bus/application';
import { type LockName, type LockRecord, storeTime } from 'immutable-service-bus/domain';

/**
 * A store of locks of your own. A compare-and-set register per name is all that it has to be: no rule of the lock is in it.
 * Yours talks to a database; this one keeps a Map, and no process but this one sees it.
 */
export class MapLockStore implements LockStore {
  readonly #stored = new Map<LockName, Omit<StoredLock, 'observedAt'>>();
  #writes = 0;

  async read(name: LockName): Promise<StoredLock | undefined> {
    const stored = this.#stored.get(name);
    return stored && { ...stored, observedAt: wholeSecond() };
  }

  async put(name: LockName, record: LockRecord, condition: WriteCondition): Promise<WriteResult<Revision>> {
    if (!this.#isMet(name, condition)) return { kind: 'conflict' };
    this.#writes += 1; // a version that nobody had before
    const revision = { version: `v${this.#writes}` as LockVersion, writtenAt: wholeSecond() };
    this.#stored.set(name, { record, ...revision });
    return { kind: 'written', ...revision };
  }

  async delete(name: LockName, version: LockVersion): Promise<WriteResult<object>> {
    if (!this.#isMet(name, { version })) return { kind: 'conflict' };
    this.#stored.delete(name);
    return { kind: 'written' };
  }

  #isMet(name: LockName, condition: WriteCondition): boolean {
    const stored = this.#stored.get(name);
    return condition === 'absent' ? stored === undefined : stored?.version === condition.version;
  }
}

/** The store's own clock, in whole seconds as the headers of HTTP have it. */
const wholeSecond = () => storeTime(Math.floor(Date.now() / 1000) * 1000);
