import { InMemoryLockStore } from '../../../src/adapters/in-memory/in-memory-lock-store.ts';
import type { ManualClock } from '../../../src/adapters/in-memory/manual-clock.ts';
import type { LockStore, LockVersion, StoredLock, WriteCondition } from '../../../src/application/ports/lock-store.ts';
import type { LockRecord } from '../../../src/domain/lock-record.ts';
import type { OwnerId, WriteId } from '../../../src/domain/owner.ts';
import { type Facts, judge, Past } from '../../support/judge.ts';
import { lockOf } from '../../support/lock-records.ts';
import type { Life } from './life.ts';
import type { Timeline } from './timeline.ts';

/** The store of the locks, which judges every write that it applies by what the protocol promises. */
export class AuditedLocks {
  readonly store: InMemoryLockStore;
  /** What must never happen, if it did. */
  readonly wrongs: string[] = [];
  /** Every owner that the lock ever had, in order. */
  readonly owners: OwnerId[] = [];
  readonly #clock: ManualClock;
  readonly #timeline: Timeline;
  readonly #life: Life;
  readonly #sentAt = new Map<WriteId, number>();
  /** When each owner sent the latest write that was applied. */
  readonly #validFrom = new Map<OwnerId, number>();
  readonly #past = new Past();
  #lock: StoredLock | undefined;

  constructor(clock: ManualClock, timeline: Timeline, life: Life) {
    this.#clock = clock;
    this.#timeline = timeline;
    this.#life = life;
    this.store = new InMemoryLockStore({ writeClock: () => clock.wallTime() });
  }

  /** What is stored now. */
  get lock(): StoredLock | undefined {
    return this.#lock;
  }

  /** How long ago `owner` sent its latest write that was applied. */
  sinceLastWrite(owner: OwnerId): number {
    return this.#clock.monotonic() - (this.#validFrom.get(owner) ?? Number.NEGATIVE_INFINITY);
  }

  wrong(what: string): void {
    this.wrongs.push(what);
    this.#timeline.tell('!!!', what);
  }

  /** Notes when a write was sent. */
  sends({ writeId }: LockRecord): void {
    this.#sentAt.set(writeId, this.#clock.monotonic());
  }

  /** The store as requests of `who` reach it. `mayDelete` says why a deletion is wrong, if it is. */
  of(who: string, whyNotDeleted: (lock: StoredLock) => string | undefined): LockStore {
    return {
      read: async (name) => {
        const stored = await this.store.read(name);
        this.#timeline.tell('store', `shows ${who}: ${shown(stored)}`);
        return stored;
      },
      put: (_, record, condition) => this.#put(who, record, condition),
      delete: (_, version) => this.#delete(who, version, whyNotDeleted),
    };
  }

  async #put(who: string, record: LockRecord, condition: WriteCondition) {
    const result = await this.store.put(name, record, condition);
    const on = condition === 'absent' ? 'absent' : condition.version;
    this.#timeline.tell('store', `put of ${who} on ${on}, ${textOf(record)}: ${result.kind}`);
    if (result.kind === 'written') {
      const previous = this.#lock;
      const written = await this.store.read(name);
      if (written === undefined) throw new Error('What was written just now is gone.');
      this.#lock = written;
      this.#judge(previous, written);
      const { owner, writeId } = record;
      const sentAt = this.#sentAt.get(writeId) ?? Number.NEGATIVE_INFINITY;
      this.#validFrom.set(owner, Math.max(sentAt, this.#validFrom.get(owner) ?? sentAt));
    }
    return result;
  }

  #judge(previous: StoredLock | undefined, written: StoredLock): void {
    const { owner } = written.record;
    const facts: Facts = {
      now: this.#clock.wallTime(),
      past: this.#past,
      isWorking: this.#life.isWorking,
      // The work returns its owner.
      returned: (who) => (this.#life.hasReturned(who) ? JSON.stringify(who) : undefined),
    };
    for (const what of judge(previous, written, facts)) this.wrong(what);
    if (previous?.record.owner !== owner) this.owners.push(owner);
    this.#past.writes(written);
    this.#life.isWritten(written.record);
  }

  async #delete(who: string, version: LockVersion, whyNot: (lock: StoredLock) => string | undefined) {
    const previous = await this.store.read(name);
    const result = await this.store.delete(name, version);
    this.#timeline.tell('store', `delete of ${who} on ${version}: ${result.kind}`);
    if (result.kind === 'written' && previous !== undefined) {
      const why = whyNot(previous);
      if (why !== undefined) this.wrong(`${who} deletes the lock of ${previous.record.owner}, ${why}`);
      this.#lock = undefined;
      this.#past.deletes();
      this.#life.isDeleted(previous.record);
    }
    return result;
  }
}

const name = lockOf('m-1');

const shown = (stored: StoredLock | undefined): string =>
  stored === undefined ? 'absent' : `${stored.version}, ${textOf(stored.record)}`;

const textOf = ({ state, writeId, attempt, steps }: LockRecord): string =>
  `${state} by ${writeId} in attempt ${attempt}${steps.map((step) => `, ${step.name} ${step.status}`).join('')}`;
