import type { Fence } from '../../src/application/ports/fenced-store.ts';
import type {
  LockVersion,
  Revision,
  StoredLock,
  WriteCondition,
  WriteResult,
} from '../../src/application/ports/lock-store.ts';
import { type LockRecord, tokenOf } from '../../src/domain/lock-record.ts';
import type { OwnerId } from '../../src/domain/owner.ts';
import { storeTime } from '../../src/domain/time.ts';
import { graceOf } from '../../src/domain/ttl.ts';

/**
 * Where the lock and the effects of one message are, and what must never happen to them. It keeps the rules of the ports: a
 * write is applied on its condition only, times are cut to whole seconds, no version comes twice, and an effect is refused
 * that has an older token.
 */
export class LockLedger {
  /** The time of the store, in milliseconds since the epoch. It is the only right one. */
  now: number;
  readonly wrongs: string[] = [];
  readonly #keepsCompleted: boolean;
  /** All that ever acquired the lock. */
  readonly #owners = new Set<OwnerId>();
  /** The step that each owner is at. */
  readonly #working = new Map<OwnerId, string>();
  readonly #effects = new Map<string, Fence>();
  /** The steps that an owner's work was told are done. */
  readonly #finished = new Set<string>();
  #lock: StoredLock | undefined;
  #lastVersion = 0;
  /** The latest time at which the owner of the lock sent a write that was applied. */
  #validFrom = Number.NEGATIVE_INFINITY;
  /** Of the acquisitions so far. */
  #highestToken = 0;

  constructor(now: number, { keepsCompleted = true } = {}) {
    this.now = now;
    this.#keepsCompleted = keepsCompleted;
  }

  /** One that goes on from here by itself. */
  fork(): LockLedger {
    const fork = new LockLedger(this.now, { keepsCompleted: this.#keepsCompleted });
    fork.wrongs.push(...this.wrongs);
    for (const owner of this.#owners) fork.#owners.add(owner);
    for (const [owner, name] of this.#working) fork.#working.set(owner, name);
    for (const [name, fence] of this.#effects) fork.#effects.set(name, fence);
    for (const name of this.#finished) fork.#finished.add(name);
    fork.#lock = this.#lock;
    fork.#lastVersion = this.#lastVersion;
    fork.#validFrom = this.#validFrom;
    fork.#highestToken = this.#highestToken;
    return fork;
  }

  get stored(): StoredLock | undefined {
    return this.#lock;
  }

  /** All that the store and these rules go by from here on, but for the lock. */
  get rest() {
    const { owner } = this.#lock?.record ?? {};
    // Whoever does not own must not begin a step anyway, however long ago it wrote.
    const validFrom = owner === undefined ? undefined : this.#validFrom;
    return {
      owners: this.#owners,
      working: this.#working,
      effects: this.#effects,
      finished: this.#finished,
      validFrom,
      highestToken: this.#highestToken,
    };
  }

  /** Whether locks are deleted. */
  get deletes(): boolean {
    return !this.#keepsCompleted;
  }

  get isExpired(): boolean {
    const { record, writtenAt } = this.#lock ?? {};
    return record !== undefined && this.now - Number(writtenAt) > record.ttlMs + graceOf(record.ttlMs);
  }

  read(): StoredLock | undefined {
    return this.#lock && { ...this.#lock, observedAt: inWholeSeconds(this.now) };
  }

  /** Whether a write on `condition` would be applied now. */
  wouldApply(condition: WriteCondition): boolean {
    return condition === 'absent' ? this.#lock === undefined : this.#lock?.version === condition.version;
  }

  /** Whether an effect can be stored, now or later: tokens only grow. */
  wouldAccept(name: string, fence: Fence): boolean {
    const stored = this.#effects.get(name);
    return stored === undefined || takesPrecedence(fence, stored);
  }

  put(record: LockRecord, condition: WriteCondition, sentAt: number): WriteResult<Revision> {
    if (!this.wouldApply(condition)) return { kind: 'conflict' };
    const previous = this.#lock;
    this.#lastVersion += 1;
    const writtenAt = inWholeSeconds(this.now);
    const revision = { version: `"${this.#lastVersion}"` as LockVersion, writtenAt };
    this.#lock = { record, ...revision, observedAt: writtenAt };
    const isNewOwner = previous?.record.owner !== record.owner;
    if (isNewOwner) this.#acquired(previous, record);
    else if (previous !== undefined) this.#goesOn(previous, record);
    this.#judgeWrite(previous, record);
    this.#validFrom = isNewOwner ? sentAt : Math.max(sentAt, this.#validFrom);
    return { kind: 'written', ...revision };
  }

  delete(version: LockVersion): WriteResult<object> {
    if (!this.wouldApply({ version })) return { kind: 'conflict' };
    const { owner, state } = this.#lock?.record ?? {};
    if (owner !== undefined && this.#working.has(owner)) this.#wrong(`the lock of ${owner} is deleted while it works`);
    if (!this.deletes) this.#wrong(`a ${state} lock is deleted`);
    this.#lock = undefined;
    return { kind: 'written' };
  }

  begins(name: string, owner: OwnerId): void {
    this.#working.set(owner, name);
    const { record } = this.#lock ?? {};
    if (record === undefined) {
      this.#wrong(`${owner} begins ${name}, but nobody owns`);
      return;
    }
    if (record.owner !== owner) this.#wrong(`${owner} begins ${name}, but ${record.owner} owns`);
    if (isFinished(record, name) || this.#finished.has(name)) this.#wrong(`${owner} begins ${name}, which is finished`);
    if (record.state !== 'held') this.#wrong(`${owner} begins ${name}, but the lock is ${record.state}`);
    const age = this.now - this.#validFrom;
    if (age > record.ttlMs - graceOf(record.ttlMs))
      this.#wrong(`${owner} begins ${name} ${age} ms after its last write`);
  }

  /** The work was told that the step is done: it must not begin again, whatever the lock says. */
  finishes(name: string): void {
    if (!this.deletes) this.#finished.add(name);
  }

  ends(owner: OwnerId): void {
    this.#working.delete(owner);
  }

  /** Somebody's process ended: what it worked at, it works at no more. */
  endsAllOf(isTheirs: (owner: OwnerId) => boolean): void {
    for (const owner of this.#working.keys()) if (isTheirs(owner)) this.#working.delete(owner);
  }

  makeEffect(name: string, fence: Fence): 'stored' | 'refused' {
    const result = this.wouldAccept(name, fence) ? 'stored' : 'refused';
    const { owner, fencingToken } = this.#effects.get(name) ?? {};
    // Created again within the second of its deletion, a lock has the same token: whoever comes second is refused once.
    const isTie = this.deletes && owner !== fence.owner && fencingToken === fence.fencingToken;
    const isOwner = this.#lock?.record.owner === fence.owner;
    if (result === 'refused' && isOwner && !isTie) this.#wrong(`the effect of ${fence.owner}, which owns, is refused`);
    if (isOwner && fence.fencingToken !== tokenOf(this.#lock as StoredLock)) {
      this.#wrong(`${fence.owner} works with another token than its lock has`);
    }
    if (result === 'stored') this.#effects.set(name, fence);
    return result;
  }

  /** What must be so as soon as one delivery is settled: the others may never come. `steps` are all that the work has. */
  judgeSettled(steps: readonly string[]): void {
    const state = this.#lock?.record.state;
    const isOver = state === 'completed' || state === 'failed';
    // Not kept, it is gone when the work is done, or already held by one that came too late to know.
    const isDone = this.deletes && steps.every((name) => this.#effects.has(name));
    if (!isOver && !isDone) this.#wrong(`a delivery is settled, but the lock is ${state ?? 'gone'}`);
  }

  /** What must be so when every delivery is settled. */
  judgeEnd(steps: readonly string[]): void {
    const { state, lastError, steps: recorded } = this.#lock?.record ?? {};
    if (state === 'failed' && lastError === null) this.#wrong('the message failed without a reason');
    // Of one that is deleted nothing is left, or what a late write made anew.
    const isNew = state === 'held' && recorded?.length === 0;
    const isCompleted = state === 'completed' || (this.deletes && (state === undefined || isNew));
    if (state !== 'failed' && !isCompleted) {
      this.#wrong(`every delivery is settled, but the message is ${state ?? 'gone'}`);
    }
    for (const name of steps) {
      if (isCompleted && !this.#effects.has(name)) this.#wrong(`completed, but ${name} was never done`);
    }
  }

  #acquired(previous: StoredLock | undefined, record: LockRecord): void {
    const { owner } = record;
    // Deleted at once, a lock can be created by a write that comes late: nobody can tell it from the first one.
    if (this.#owners.has(owner) && !(this.deletes && previous === undefined)) this.#wrong(`${owner} comes back`);
    this.#owners.add(owner);
    if (record.state !== 'held') this.#wrong(`${owner} makes a lock ${record.state} that it does not own`);
    const token = this.#lock === undefined ? 0 : tokenOf(this.#lock);
    const isTie = previous === undefined && token === this.#highestToken;
    if (token <= this.#highestToken && !isTie) this.#wrong(`the token of ${owner} is not greater than all before`);
    this.#highestToken = token;
    if (previous === undefined) return;
    const { state, ttlMs, attempt, owner: from } = previous.record;
    // As the store shows it at the time of the write, which is no earlier than that of the look that decided.
    const age = inWholeSeconds(this.now) - previous.writtenAt;
    const isExpired = age > ttlMs + graceOf(ttlMs);
    if (state === 'completed') this.#wrong(`${owner} takes over what ${from} completed`);
    if (state === 'held' && !isExpired) this.#wrong(`${owner} takes over from ${from}, which wrote ${age} ms ago`);
    if (state !== 'failed' && record.attempt !== attempt + 1) this.#wrong(`${owner} counts attempt ${record.attempt}`);
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

const isFinished = ({ steps }: LockRecord, name: string): boolean =>
  steps.some((step) => step.name === name && step.status === 'finished');

const inWholeSeconds = (time: number) => storeTime(Math.floor(time / 1000) * 1000);

const takesPrecedence = (fence: Fence, stored: Fence): boolean =>
  fence.fencingToken > stored.fencingToken ||
  (fence.fencingToken === stored.fencingToken && fence.owner === stored.owner);
