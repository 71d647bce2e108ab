import type { ListedLock, ListingOptions, LockCatalog, LockPage } from '../../application/ports/lock-catalog.ts';
import {
  type LockStore,
  LockStoreError,
  type LockVersion,
  type Revision,
  type StoredLock,
  type WriteCondition,
  type WriteResult,
} from '../../application/ports/lock-store.ts';
import { lockDocument, parseLockDocument } from '../../domain/lock-document.ts';
import { type LockName, layoutOf } from '../../domain/lock-name.ts';
import type { LockRecord } from '../../domain/lock-record.ts';
import { type StoreTime, storeTime } from '../../domain/time.ts';

/** Clocks in milliseconds since the epoch. A service has many machines: one stamps a write, another the answer to a read. */
export interface InMemoryLockStoreOptions {
  /** Default: `Date.now`. */
  readonly writeClock?: () => number;
  /** Default: the clock of the writes. */
  readonly answerClock?: () => number;
}

interface Revised extends Revision {
  readonly text: string;
}

/**
 * A LockStore that forgets everything with its process. It spares its users none of what a service does: it keeps text and
 * not objects, shows times in whole seconds only, and takes no version for another, even after a deletion.
 */
export class InMemoryLockStore implements LockStore, LockCatalog {
  readonly #revisions = new Map<LockName, Revised>();
  readonly #writeClock: () => number;
  readonly #answerClock: () => number;
  #lastVersion = 0;

  constructor({ writeClock = Date.now, answerClock = writeClock }: InMemoryLockStoreOptions = {}) {
    this.#writeClock = writeClock;
    this.#answerClock = answerClock;
  }

  async read(name: LockName): Promise<StoredLock | undefined> {
    const revision = this.#revisions.get(name);
    if (revision === undefined) return undefined;
    const { text, version, writtenAt } = revision;
    return { record: recordIn(name, text), version, writtenAt, observedAt: inWholeSeconds(this.#answerClock()) };
  }

  async put(name: LockName, record: LockRecord, condition: WriteCondition): Promise<WriteResult<Revision>> {
    if (!this.#meets(name, condition)) return { kind: 'conflict' };
    return { kind: 'written', ...this.plant(name, lockDocument(record)) };
  }

  async delete(name: LockName, version: LockVersion): Promise<WriteResult<object>> {
    if (!this.#meets(name, { version })) return { kind: 'conflict' };
    this.#revisions.delete(name);
    return { kind: 'written' };
  }

  async *pages(scope: string, { after, pageSize }: ListingOptions = {}): AsyncGenerator<LockPage> {
    const names = [...this.#revisions.keys()]
      .filter((name) => layoutOf(scope, name) !== undefined && (after === undefined || name > after))
      .sort();
    // Two pages at least, so that nobody takes the first for all.
    const half = Math.ceil(names.length / 2);
    for (let nth = 0, from = 0; nth < 2 || from < names.length; nth += 1) {
      const listed = names.slice(from, from + Math.min(half, pageSize?.(nth) ?? half));
      from += listed.length;
      const locks = listed.flatMap((name) => this.#listed(name) ?? []);
      yield { locks, last: listed.at(-1), observedAt: inWholeSeconds(this.#answerClock()) };
    }
  }

  /** Puts any text under a lock's name, whatever is there: a foreign or damaged one, or that of another version. */
  plant(name: LockName, text: string): Revision {
    this.#lastVersion += 1;
    const revision = {
      version: `"${this.#lastVersion}"` as LockVersion,
      writtenAt: inWholeSeconds(this.#writeClock()),
    };
    this.#revisions.set(name, { ...revision, text });
    return revision;
  }

  /** Undefined for what is not a lock, and for one that was deleted since. */
  #listed(name: LockName): ListedLock | undefined {
    const revision = this.#revisions.get(name);
    const record = revision && recordOrNone(revision.text);
    if (revision === undefined || record === undefined) return undefined;
    const { messageId, source, state, owner } = record;
    const { version, writtenAt } = revision;
    const fingerprint = state === 'held' ? undefined : record.fingerprint;
    return { name, messageId, source, state, owner, fingerprint, version, writtenAt };
  }

  #meets(name: LockName, condition: WriteCondition): boolean {
    const version = this.#revisions.get(name)?.version;
    return condition === 'absent' ? version === undefined : version === condition.version;
  }
}

/** As the headers of a service show it: cut, not rounded. */
const inWholeSeconds = (time: number): StoreTime => storeTime(Math.floor(time / 1000) * 1000);

function recordIn(name: LockName, text: string): LockRecord {
  try {
    return parseLockDocument(text);
  } catch (cause) {
    throw new LockStoreError(`What is stored under "${name}" is not a lock: ${String(cause)}`, {
      isTransient: false,
      cause,
    });
  }
}

function recordOrNone(text: string): LockRecord | undefined {
  try {
    return parseLockDocument(text);
  } catch {
    return undefined; // foreign: a listing leaves it out
  }
}
