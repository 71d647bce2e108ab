import type { Fence } from '../../src/application/ports/fenced-store.ts';
import type {
  LockVersion,
  Revision,
  StoredLock,
  WriteCondition,
  WriteResult,
} from '../../src/application/ports/lock-store.ts';
import type { LockRecord } from '../../src/domain/lock-record.ts';
import type { OwnerId } from '../../src/domain/owner.ts';
import { storeTime } from '../../src/domain/time.ts';
import { graceOf } from '../../src/domain/ttl.ts';
import { type Facts, judge, judgeBeginning, Past } from '../support/judge.ts';

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
  /** What the writes so far leave to remember. */
  readonly #past: Past;
  /** Those whose handler has returned. */
  readonly #returned = new Set<OwnerId>();
  /** The step that each owner is at. */
  readonly #working = new Map<OwnerId, string>();
  readonly #effects = new Map<string, Fence>();
  /** The steps that an owner's work was told are done. */
  readonly #finished = new Set<string>();
  #lock: StoredLock | undefined;
  #lastVersion = 0;
  /** The latest time at which the owner of the lock sent a write that was applied. */
  #validFrom = Number.NEGATIVE_INFINITY;

  constructor(now: number, { keepsCompleted = true, past = new Past() } = {}) {
    this.now = now;
    this.#keepsCompleted = keepsCompleted;
    this.#past = past;
  }

  /** One that goes on from here by itself. */
  fork(): LockLedger {
    const fork = new LockLedger(this.now, { keepsCompleted: this.#keepsCompleted, past: new Past(this.#past) });
    fork.wrongs.push(...this.wrongs);
    for (const owner of this.#returned) fork.#returned.add(owner);
    for (const [owner, name] of this.#working) fork.#working.set(owner, name);
    for (const [name, fence] of this.#effects) fork.#effects.set(name, fence);
    for (const name of this.#finished) fork.#finished.add(name);
    fork.#lock = this.#lock;
    fork.#lastVersion = this.#lastVersion;
    fork.#validFrom = this.#validFrom;
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
      owners: this.#past.owners,
      returned: this.#returned,
      working: this.#working,
      effects: this.#effects,
      finished: this.#finished,
      validFrom,
      greatestToken: this.#past.greatestToken,
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
    this.wrongs.push(...judge(previous, this.#lock, this.#facts));
    this.#past.writes(this.#lock);
    const isNewOwner = previous?.record.owner !== record.owner;
    this.#validFrom = isNewOwner ? sentAt : Math.max(sentAt, this.#validFrom);
    return { kind: 'written', ...revision };
  }

  delete(version: LockVersion): WriteResult<object> {
    if (!this.wouldApply({ version })) return { kind: 'conflict' };
    const { owner, state } = this.#lock?.record ?? {};
    if (owner !== undefined && this.#working.has(owner)) this.#wrong(`the lock of ${owner} is deleted while it works`);
    if (!this.deletes) this.#wrong(`a ${state} lock is deleted`);
    this.#lock = undefined;
    this.#past.deletes();
    return { kind: 'written' };
  }

  begins(step: string, { owner, fencingToken }: Fence): void {
    this.#working.set(owner, step);
    const isFinished = this.#finished.has(step) || (this.#lock !== undefined && isFinishedIn(this.#lock.record, step));
    const sinceLastWriteMs = this.now - this.#validFrom;
    this.wrongs.push(...judgeBeginning(this.#lock, { owner, step, fencingToken, sinceLastWriteMs, isFinished }));
  }

  /** The work was told that the step is done: it must not begin again, whatever the lock says. */
  finishes(name: string): void {
    if (!this.deletes) this.#finished.add(name);
  }

  ends(owner: OwnerId): void {
    this.#working.delete(owner);
  }

  /** The owner's handler returned what all of them return. */
  returns(owner: OwnerId): void {
    this.#returned.add(owner);
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
    const { state, steps: recorded } = this.#lock?.record ?? {};
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

  get #facts(): Facts {
    return {
      now: this.now,
      past: this.#past,
      isWorking: (owner) => this.#working.has(owner),
      returned: (owner) => (this.#returned.has(owner) ? JSON.stringify(returned) : undefined),
    };
  }

  #wrong(what: string): void {
    this.wrongs.push(what);
  }
}

/** What work in these tests returns. */
export const returned = 'done';

/** The steps that work in these tests can have. */
export const stepNames: readonly string[] = ['charge', 'ship'];

const isFinishedIn = ({ steps }: LockRecord, name: string): boolean =>
  steps.some((step) => step.name === name && step.status === 'finished');

const inWholeSeconds = (time: number) => storeTime(Math.floor(time / 1000) * 1000);

const takesPrecedence = (fence: Fence, stored: Fence): boolean =>
  fence.fencingToken > stored.fencingToken ||
  (fence.fencingToken === stored.fencingToken && fence.owner === stored.owner);
