import type { ListedLock, ListingOptions, LockCatalog, LockPage } from '../../src/application/ports/lock-catalog.ts';
import type { LockStore, LockVersion, StoredLock, WriteResult } from '../../src/application/ports/lock-store.ts';
import type { LockName } from '../../src/domain/lock-name.ts';
import type { MessageId } from '../../src/domain/message-id.ts';
import { type StoreTime, storeTime } from '../../src/domain/time.ts';

const oldest = storeTime(Date.UTC(2026, 10, 1));
const day = 86_400_000;

/** One lock in so many is past its retention of a week at first. */
const oneDueIn = 10;

/**
 * Millions of completed locks that exist by rule, so that each takes one byte: a tenth of them three weeks old, the others
 * some hours. It counts how often it shows one, and notices every deletion of one that was not due or was written since.
 */
export class ManyLocks implements LockCatalog, LockStore {
  readonly count: number;
  /** Written anew since the start, or deleted; else as at the start. */
  readonly #states: Uint8Array;
  readonly #onRequest: (shown: number) => void;
  now: StoreTime = storeTime(oldest + 21 * day);
  shown = 0;
  /** Deletions of locks that nobody may delete: an error of the sweep. */
  wronglyDeleted = 0;
  mostShownAtOnce = 0;

  /** @param onRequest is told of each request and how many locks the answer shows, before that is given. */
  constructor(count: number, onRequest: (shown: number) => void = () => undefined) {
    this.count = count;
    this.#states = new Uint8Array(count);
    this.#onRequest = onRequest;
  }

  async *pages(_scope: string, { after, pageSize = () => 5000 }: ListingOptions = {}): AsyncGenerator<LockPage> {
    let place = after === undefined ? 0 : placeOf(after) + 1;
    for (let nth = 0; nth === 0 || place < this.count; nth += 1) {
      const locks: ListedLock[] = [];
      for (; place < this.count && locks.length < pageSize(nth); place += 1) {
        if (this.#states[place] !== deleted) locks.push(this.#lock(place));
      }
      this.shown += locks.length;
      this.mostShownAtOnce = Math.max(this.mostShownAtOnce, locks.length);
      this.#onRequest(locks.length);
      yield { locks, last: locks.at(-1)?.name, observedAt: this.now };
    }
  }

  async delete(name: LockName, version: LockVersion): Promise<WriteResult<object>> {
    const place = placeOf(name);
    this.#onRequest(0);
    if (this.#states[place] === deleted || version !== this.#version(place)) return { kind: 'conflict' };
    if (!this.#isDue(place)) this.wronglyDeleted += 1;
    this.#states[place] = deleted;
    return { kind: 'written' };
  }

  /** Somebody takes the lock over, if there is one: nothing else than its name stays. */
  write(place: number): void {
    if (this.#states[place] === 0) this.#states[place] = written;
  }

  /** How many are past their retention, and there. */
  dueLeft(): number {
    let left = 0;
    for (let place = 0; place < this.count; place += 1) if (this.#isDue(place)) left += 1;
    return left;
  }

  read = (): Promise<StoredLock | undefined> => Promise.reject(new Error('A sweep reads no lock.'));
  put = (): Promise<never> => Promise.reject(new Error('A sweep writes no lock.'));

  #isDue = (place: number): boolean => this.#states[place] === 0 && place % oneDueIn === 0;

  #lock(place: number): ListedLock {
    const isOld = this.#isDue(place);
    return {
      name: `queue/lock-${String(place).padStart(9, '0')}.lock` as LockName,
      messageId: String(place) as MessageId,
      state: 'completed',
      version: this.#version(place),
      writtenAt: isOld ? oldest : storeTime(this.now - 3_600_000),
    };
  }

  #version = (place: number): LockVersion => `"${place}.${this.#states[place]}"` as LockVersion;
}

const written = 1;
const deleted = 2;

const placeOf = (name: LockName): number => Number(name.slice('queue/lock-'.length, -'.lock'.length));
