import { LockLostError } from '../../domain/errors.ts';
import type { FencingToken } from '../../domain/fencing-token.ts';
import {
  acquiredAtOf,
  checkpointed,
  completed,
  failed,
  identityOf,
  type LockContent,
  type LockRecord,
  released,
  releasedAfterFailure,
  tokenOf,
} from '../../domain/lock-record.ts';
import type { OwnerId } from '../../domain/owner.ts';
import type { Step } from '../../domain/step.ts';
import { type DurationMs, durationMs, type StoreTime } from '../../domain/time.ts';
import type { MessageIdentity } from '../../domain/work-key.ts';
import type { LockEventBody } from '../ports/lock-events.ts';
import { type Span, silentSpan } from '../ports/telemetry/tracing.ts';
import { Validity } from '../time/validity.ts';
import type { GiveUp } from './operation-budget.ts';
import { deleteAsOwner, type LockPorts, putAsOwner, type WrittenLock } from './owned-write.ts';

/**
 * One owner's session with its lock, from the acquisition to the last write. All its writes go through one queue, so that
 * heartbeat, checkpoint and last write never race one another. A last write is tried for `budgetMs`, also past the validity:
 * the version it expects keeps it safe.
 */
export class LockSession {
  readonly message: MessageIdentity;
  readonly owner: OwnerId;
  readonly attempt: number;
  readonly fencingToken: FencingToken;
  /** The span of the delivery. */
  readonly span: Span;
  readonly #ports: LockPorts;
  readonly #acquiredAt: StoreTime;
  readonly #validity: Validity;
  readonly #abort = new AbortController();
  #lock: WrittenLock;
  /** The steps as this execution knows them, which is ahead of the store until the next write. */
  #steps: readonly Step[];
  #queue: Promise<unknown> = Promise.resolve();
  #loss: LockLostError | undefined;

  constructor(ports: LockPorts, lock: WrittenLock) {
    this.message = identityOf(lock.record);
    this.owner = lock.record.owner;
    this.attempt = lock.record.attempt;
    this.fencingToken = tokenOf(lock);
    this.span = lock.subject.span ?? silentSpan;
    this.#acquiredAt = acquiredAtOf(lock);
    this.#ports = ports;
    this.#validity = new Validity(ports.clock, ports.timings.validityMs, lock.requestedAt);
    this.#lock = lock;
    this.#steps = lock.record.steps;
  }

  /** Aborted, with a typed reason, when the work has to end: the lock is lost, the time is up, or the host is stopping. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get record(): LockRecord {
    return this.#lock.record;
  }

  get isLost(): boolean {
    return this.#loss !== undefined || this.signal.reason instanceof LockLostError;
  }

  /** How long ago the last write was. */
  get idleMs(): DurationMs {
    return this.#validity.ageMs;
  }

  get validForMs(): DurationMs {
    return this.#validity.leftMs;
  }

  /** Ends the work with this reason. The first one stays. */
  abort(reason: Error): void {
    this.#abort.abort(reason);
  }

  /** Aborts the work: whether the lock is still this owner's is no longer known. */
  expire(): void {
    this.abort(this.#lost('since it could not be renewed in time'));
  }

  /**
   * Resolves if work may be started now. A lock whose validity has ended is renewed first: if nobody took it over, its owner
   * goes on.
   *
   * @throws the signal's reason if it is aborted; what renewing throws.
   */
  async guard(): Promise<void> {
    this.signal.throwIfAborted();
    // The answer to a renewal can come too late, too.
    while (this.#validity.leftMs === 0) {
      await this.#enqueue(async () => {
        // A heartbeat may have been faster.
        if (this.#validity.leftMs === 0) await this.#put(this.#content());
      });
      this.signal.throwIfAborted();
    }
  }

  /**
   * Renews the lock. Retries while it is valid; if it is no longer, for one operation. Stops retrying once `giveUp` is aborted.
   */
  renew(giveUp: GiveUp): Promise<void> {
    return this.#enqueue(() => {
      const budgetMs = this.#validity.leftMs > 0 ? this.#validity.leftMs : this.#ports.timings.operationBudgetMs;
      this.span.note('heartbeat');
      return this.#put(this.#content(), budgetMs, giveUp);
    });
  }

  /** Stores the steps of the work so far. `isProgress` if one of them is newly finished. */
  checkpoint(steps: readonly Step[], isProgress: boolean): Promise<void> {
    this.note(steps);
    return this.#enqueue(() => this.#put(checkpointed(this.#content(), this.#steps, isProgress)));
  }

  /** Keeps `steps` for whatever is written next. */
  note(steps: readonly Step[]): void {
    this.#steps = steps;
  }

  /**
   * The work is done; `result` is what it returned, as JSON text. A lock that another owner completed, or that is gone, is completed, too.
   *
   * @throws LockLostError if another execution has taken the lock over and is at work: that one decides now.
   */
  complete(result: string | null, budgetMs: DurationMs): Promise<void> {
    return this.#end('complete', async () => {
      const write = await this.#tryPut(completed(this.#content(), result), budgetMs);
      const isDone = write.kind === 'ours' || write.stored === undefined || write.stored.record.state === 'completed';
      if (!isDone) throw this.#lost('to another execution', 'complete');
      this.emit({ kind: 'completed', owner: this.owner, attempt: this.attempt, isKept: true });
    });
  }

  /** The work is done, and its lock is deleted with it. */
  completeAndDelete(budgetMs: DurationMs): Promise<void> {
    return this.#end('complete', async () => {
      const outcome = await deleteAsOwner(this.#ports, this.#lock, budgetMs);
      if (outcome === 'not-ours') throw this.#lost('to another execution', 'delete');
      this.emit({ kind: 'completed', owner: this.owner, attempt: this.attempt, isKept: false });
    });
  }

  /** The attempt failed: others may take over, `retryAfterMs` from now. */
  releaseAfterFailure(lastError: string, retryAfterMs: DurationMs, budgetMs: DurationMs): Promise<void> {
    return this.#end('release', async () => {
      await this.#put(releasedAfterFailure(this.#content(), lastError, retryAfterMs), budgetMs);
      this.emit({ kind: 'released', owner: this.owner, attempt: this.attempt, lastError, retryAfterMs });
    });
  }

  /** The attempt was given up for no fault of its own: others may take over at once. */
  release(budgetMs: DurationMs): Promise<void> {
    return this.#end('release', async () => {
      await this.#put(released(this.#content()), budgetMs);
      this.emit({ kind: 'released', owner: this.owner, attempt: this.attempt, lastError: null, retryAfterMs: noWait });
    });
  }

  /** The message is not tried again. */
  fail(lastError: string, budgetMs: DurationMs): Promise<void> {
    return this.#end('fail', async () => {
      await this.#put(failed(this.#content(), lastError), budgetMs);
      this.emit({ kind: 'failed', owner: this.owner, attempt: this.attempt, lastError });
    });
  }

  /** The record as its next write says it. The first write could know neither its token nor its time; every later one does. */
  #content = (): LockContent => ({
    ...this.#lock.record,
    steps: this.#steps,
    fencingToken: this.fencingToken,
    acquiredAt: this.#acquiredAt,
  });

  /** Writes as long as the lock is valid, and once in any case: past its validity, the store still knows whose it is. */
  async #put(content: LockContent, budgetMs = this.#renewalBudgetMs(), giveUp?: GiveUp): Promise<void> {
    const write = await this.#tryPut(content, budgetMs, giveUp);
    if (write.kind === 'ours') return;
    const loss = this.#lost('to another execution', content.state);
    this.abort(loss);
    throw loss;
  }

  async #tryPut(content: LockContent, budgetMs: DurationMs, giveUp?: GiveUp) {
    if (this.#loss !== undefined) throw this.#loss;
    const { subject, version, sequence } = this.#lock;
    const condition = { version };
    const write = await putAsOwner(this.#ports, { subject, content, sequence, condition, budgetMs, giveUp });
    if (write.kind === 'ours') {
      this.#lock = write.lock;
      this.#validity.restart(write.lock.requestedAt);
    }
    return write;
  }

  #renewalBudgetMs = (): DurationMs =>
    durationMs(Math.max(this.#validity.leftMs, this.#ports.timings.operationBudgetMs));

  /** A last write, told of as a span of its own. */
  #end = (as: 'complete' | 'release' | 'fail', task: () => Promise<void>): Promise<void> =>
    this.span.within({ kind: 'end', as }, () => this.#enqueue(task));

  /** One write after another, whatever became of the one before. */
  #enqueue<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(task);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  #lost(how: 'to another execution' | 'since it could not be renewed in time', during = 'heartbeat'): LockLostError {
    const loss = new LockLostError(this.message, how);
    // Only what the store has shown is definite. Unrenewed, the lock may still be ours, and its last write may succeed.
    if (how === 'to another execution') this.#loss = loss;
    this.emit({ kind: 'lost', owner: this.owner, during, how });
    return loss;
  }

  /** Tells of something that happened to this lock. */
  emit(event: LockEventBody): void {
    this.#ports.events.emit({ ...this.#lock.subject, ...event });
  }
}

const noWait = durationMs(0);
