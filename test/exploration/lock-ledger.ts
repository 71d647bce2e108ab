import { InMemoryFencedStore } from '../../src/adapters/in-memory/in-memory-fenced-store.ts';
import { InMemoryLockStore } from '../../src/adapters/in-memory/in-memory-lock-store.ts';
import type { Fence } from '../../src/application/ports/fenced-store.ts';
import type { StoredLock, WriteCondition } from '../../src/application/ports/lock-store.ts';
import { type LockRecord, tokenOf } from '../../src/domain/lock-record.ts';
import type { OwnerId } from '../../src/domain/owner.ts';
import { graceOf } from '../../src/domain/ttl.ts';
import { lockOf } from '../support/lock-records.ts';

/** Where the locks and the effects of one message are, and what must never happen to them. Its clock has no skew. */
export class LockLedger {
  readonly locks: InMemoryLockStore;
  readonly effects = new InMemoryFencedStore();
  readonly wrongs: string[] = [];
  /** In the order of their acquisitions. */
  readonly owners: OwnerId[] = [];
  /** The step that each owner is at. */
  readonly #working = new Map<OwnerId, string>();
  /** The latest time at which an owner sent a write that was applied. */
  readonly #validFrom = new Map<OwnerId, number>();
  readonly #now: () => number;
  #lock: StoredLock | undefined;

  constructor(now: () => number) {
    this.#now = now;
    this.locks = new InMemoryLockStore({ writeClock: now });
  }

  get stored(): StoredLock | undefined {
    return this.#lock;
  }

  /** What can still make a difference, as text. */
  get state(): string {
    const { record, version, writtenAt } = this.#lock ?? {};
    const effects = stepNames.map((name) => this.effects.get(name)?.owner);
    return JSON.stringify([record, version, writtenAt, this.owners, effects]);
  }

  /** Whether a write on `condition` would be applied now. */
  wouldApply(condition: WriteCondition): boolean {
    return condition === 'absent' ? this.#lock === undefined : this.#lock?.version === condition.version;
  }

  async put(record: LockRecord, condition: WriteCondition, sentAt: number) {
    const result = await this.locks.put(lock, record, condition);
    if (result.kind === 'written') {
      const previous = this.#lock;
      this.#lock = await this.locks.read(lock);
      const isNewOwner = previous?.record.owner !== record.owner;
      if (isNewOwner) this.#acquired(previous, record);
      else if (previous !== undefined) this.#goesOn(previous, record);
      this.#judgeWrite(previous, record);
      this.#validFrom.set(record.owner, Math.max(sentAt, this.#validFrom.get(record.owner) ?? sentAt));
    }
    return result;
  }

  async delete(version: StoredLock['version']) {
    const result = await this.locks.delete(lock, version);
    if (result.kind === 'written') {
      const { owner, state } = this.#lock?.record ?? {};
      if (owner !== undefined && this.#working.has(owner))
        this.#wrong(`the lock of ${owner} is deleted while it works`);
      if (state === 'completed') this.#wrong('a completed lock is deleted');
      this.#lock = undefined;
    }
    return result;
  }

  begins(name: string, owner: OwnerId): void {
    this.#working.set(owner, name);
    const { record } = this.#lock ?? {};
    if (record === undefined) {
      this.#wrong(`${owner} begins ${name}, but nobody owns`);
      return;
    }
    if (record.owner !== owner) this.#wrong(`${owner} begins ${name}, but ${record.owner} owns`);
    if (isFinished(record, name)) this.#wrong(`${owner} begins ${name}, which is finished`);
    if (record.state !== 'held') this.#wrong(`${owner} begins ${name}, but the lock is ${record.state}`);
    const age = this.#now() - (this.#validFrom.get(owner) ?? Number.NEGATIVE_INFINITY);
    if (age > record.ttlMs - graceOf(record.ttlMs))
      this.#wrong(`${owner} begins ${name} ${age} ms after its last write`);
  }

  ends(owner: OwnerId): void {
    this.#working.delete(owner);
  }

  /** Somebody's process ended: what it worked at, it works at no more. */
  endsAllOf(isTheirs: (owner: OwnerId) => boolean): void {
    for (const owner of this.#working.keys()) if (isTheirs(owner)) this.#working.delete(owner);
  }

  async makeEffect(name: string, fence: Fence): Promise<'stored' | 'refused'> {
    const result = await this.effects.put(name, { bytes: Buffer.from(name), contentType: 'text/plain' }, fence);
    const isOwner = this.#lock?.record.owner === fence.owner;
    if (result === 'refused' && isOwner) this.#wrong(`the effect of ${fence.owner}, which owns, is refused`);
    if (isOwner && fence.fencingToken !== tokenOf(this.#lock as StoredLock)) {
      this.#wrong(`${fence.owner} works with another token than its lock has`);
    }
    return result;
  }

  /** What must be so as soon as one delivery is settled: the others may never come. */
  judgeSettled(): void {
    const { state } = this.#lock?.record ?? {};
    if (state !== 'completed' && state !== 'failed')
      this.#wrong(`a delivery is settled, but the lock is ${state ?? 'gone'}`);
  }

  /** What must be so when every delivery is settled. `steps` are all that the work has. */
  judgeEnd(steps: readonly string[]): void {
    const { state, lastError } = this.#lock?.record ?? {};
    if (state === 'failed' && lastError === null) this.#wrong('the message failed without a reason');
    if (state !== 'failed' && state !== 'completed') {
      this.#wrong(`every delivery is settled, but the message is ${state ?? 'gone'}`);
    }
    for (const name of steps) {
      const isDone = this.effects.get(name) !== undefined;
      if (state === 'completed' && !isDone) this.#wrong(`completed, but ${name} was never done`);
    }
  }

  #acquired(previous: StoredLock | undefined, record: LockRecord): void {
    const { owner } = record;
    if (this.owners.includes(owner)) this.#wrong(`${owner} comes back`);
    this.owners.push(owner);
    if (record.state !== 'held') this.#wrong(`${owner} makes a lock ${record.state} that it does not own`);
    if (previous === undefined) return;
    const { state, ttlMs, attempt, owner: from } = previous.record;
    // As the store shows it at the time of the write, which is no earlier than that of the look that decided.
    const age = Math.floor(this.#now() / 1000) * 1000 - previous.writtenAt;
    const isExpired = age > ttlMs + graceOf(ttlMs);
    if (state === 'completed') this.#wrong(`${owner} takes over what ${from} completed`);
    if (state === 'held' && !isExpired) this.#wrong(`${owner} takes over from ${from}, which wrote ${age} ms ago`);
    if (state !== 'failed' && record.attempt !== attempt + 1) this.#wrong(`${owner} counts attempt ${record.attempt}`);
    const token = this.#lock === undefined ? 0 : tokenOf(this.#lock);
    if (token <= tokenOf(previous)) this.#wrong(`the token of ${owner} is not greater than that of ${from}`);
  }

  #goesOn(previous: StoredLock, record: LockRecord): void {
    const { owner, state } = previous.record;
    if (state !== 'held' && record.state !== state) this.#wrong(`${owner} writes ${record.state} after ${state}`);
    if (this.#lock !== undefined && tokenOf(this.#lock) !== tokenOf(previous))
      this.#wrong(`${owner} changes its token`);
  }

  #judgeWrite(previous: StoredLock | undefined, record: LockRecord): void {
    for (const { name } of previous?.record.steps ?? []) {
      if (previous !== undefined && isFinished(previous.record, name) && !isFinished(record, name)) {
        this.#wrong(`${record.owner} loses the finished step ${name}`);
      }
    }
    if (record.state !== 'held' && this.#working.has(record.owner)) {
      this.#wrong(`${record.owner} makes its lock ${record.state} while it works`);
    }
  }

  #wrong(what: string): void {
    this.wrongs.push(what);
  }
}

/** The steps that work in these tests can have. */
export const stepNames: readonly string[] = ['charge', 'ship'];

const lock = lockOf('m-1');

const isFinished = ({ steps }: LockRecord, name: string): boolean =>
  steps.some((step) => step.name === name && step.status === 'finished');
