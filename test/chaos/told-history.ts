import {
  checkpointed,
  completed,
  created,
  failed,
  type LockContent,
  releasedAfterFailure,
  takenOver,
  tokenOf,
} from '../../src/domain/lock-record.ts';
import { ownerId, writeId } from '../../src/domain/owner.ts';
import type { Step } from '../../src/domain/step.ts';
import { durationMs, seconds, storeTime } from '../../src/domain/time.ts';
import { claim } from '../support/order-claim.ts';
import type { Applied, LockApplied } from './evidence.ts';

/**
 * What the store applied for one message, told by its owners' deeds, right ones and wrong ones. Each deed takes 1 s. Owners
 * are in the processes of their names: `a` in 1, `b` in 2.
 */
export class ToldHistory {
  readonly applied: Applied[] = [];
  readonly #sequences = new Map<string, number>();
  #at = 0;

  get last(): LockApplied | undefined {
    return this.applied.findLast((write) => write.kind === 'lock');
  }

  get now(): number {
    return this.#at;
  }

  waits(ms: number): this {
    this.#at += ms;
    return this;
  }

  creates(owner: string): this {
    return this.#write(created(claim, ownership(owner)));
  }

  takesOver(owner: string, change: Partial<LockContent> = {}): this {
    const { last } = this;
    if (last === undefined) return this;
    const observed = { ...last, observedAt: storeTime(this.#stamp()) };
    return this.#write({ ...takenOver(observed, claim, ownership(owner)), ...change });
  }

  stores(owner: string, ...steps: readonly Step[]): this {
    return this.#change(owner, (record) => checkpointed(record, steps, true));
  }

  completes(owner: string): this {
    return this.#change(owner, (record) => completed(record, null));
  }

  releases(owner: string, lastError = 'Error: no'): this {
    return this.#change(owner, (record) => releasedAfterFailure(record, lastError, seconds(1)));
  }

  fails(owner: string, lastError: string): this {
    return this.#change(owner, (record) => failed(record, lastError));
  }

  runs(owner: string, step: string, onTheWayMs = 5): this {
    const lock = this.#lastOf(owner);
    const { attempt = 1, messageId = claim.messageId } = lock?.record ?? {};
    const fencingToken = lock === undefined ? 0 : tokenOf(lock);
    const line = { messageId, step, attempt, fencingToken, owner };
    this.applied.push({ kind: 'effect', at: this.#tick(), line, onTheWayMs });
    return this;
  }

  makesFencedEffect(owner: string, isStored: boolean): this {
    const lock = this.#lastOf(owner);
    const fencingToken = lock === undefined ? 0 : tokenOf(lock);
    this.applied.push({ kind: 'fenced', at: this.#tick(), owner, fencingToken, isStored });
    return this;
  }

  /** A write on top of whatever is stored, as the record of this owner. */
  #change(owner: string, change: (record: LockContent) => LockContent): this {
    const lock = this.#lastOf(owner);
    return lock === undefined ? this : this.#write({ ...change(lock.record), fencingToken: tokenOf(lock) });
  }

  #write(content: LockContent): this {
    const { owner } = content;
    const nth = (this.#sequences.get(owner) ?? 0) + 1;
    this.#sequences.set(owner, nth);
    const at = this.#tick();
    const record = { ...content, writeId: writeId(owner, nth) };
    this.applied.push({ kind: 'lock', at, record, writtenAt: storeTime(this.#stamp()), version: `v${at}` });
    return this;
  }

  #lastOf = (owner: string): LockApplied | undefined =>
    this.applied.findLast((write) => write.kind === 'lock' && write.record.owner === owner) as LockApplied | undefined;

  #tick(): number {
    this.#at += 1000;
    return this.#at;
  }

  #stamp = (): number => 1_700_000_000_000 + this.#at;
}

export const done = (name: string): Step => ({ name, status: 'finished', result: null });
export const begun = (name: string): Step => ({ name, status: 'started', result: null });

const ownership = (owner: string) => ({
  owner: ownerId(owner),
  host: `machine/${owner === 'a' ? 1 : 2}`,
  ttlMs: durationMs(5000),
});
