import { LockLostError } from '../domain/errors.ts';
import type { FencingToken } from '../domain/fencing-token.ts';
import { completed, type LockRecord, releasedAfterFailure, tokenOf } from '../domain/lock-record.ts';
import type { OwnerId } from '../domain/owner.ts';
import type { DurationMs } from '../domain/time.ts';
import type { AcquiredLock } from './acquire-lock.ts';
import { errorText } from './error-text.ts';
import type { LockDecisionMade } from './ports/lock-events.ts';
import { deleteAsOwner, type LockOperations, putAsOwner } from './resolve-write.ts';

export interface HeldLockOptions {
  /** How long a last write is tried. */
  readonly budgetMs: DurationMs;
  /** Whether completed locks are kept, so that late duplicates are skipped; else they are deleted at once. */
  readonly keepsCompleted: boolean;
}

/** One owner's session with its lock, from the acquisition to the last write. */
export class HeldLock {
  readonly #operations: LockOperations;
  readonly #options: HeldLockOptions;
  readonly #lock: AcquiredLock;

  constructor(operations: LockOperations, options: HeldLockOptions, lock: AcquiredLock) {
    this.#operations = operations;
    this.#options = options;
    this.#lock = lock;
  }

  get owner(): OwnerId {
    return this.#lock.record.owner;
  }

  get attempt(): number {
    return this.#lock.record.attempt;
  }

  get fencingToken(): FencingToken {
    return tokenOf(this.#lock);
  }

  /**
   * The work is done; `result` is what it returned, as JSON text.
   *
   * @throws LockLostError if another execution has taken the lock over and is at work: that one decides now.
   */
  async complete(result: string | null): Promise<void> {
    const { keepsCompleted } = this.#options;
    if (keepsCompleted) await this.#completeKept(result);
    else await this.#deleteCompleted();
    this.#emit({ kind: 'completed', owner: this.owner, attempt: this.attempt, isKept: keepsCompleted });
  }

  /**
   * The attempt failed: others may take over, `retryAfterMs(failures)` from now. A lock that cannot be released expires.
   * It does not throw: there is an error already, the handler's, and that is the one to tell of.
   */
  async releaseAfterFailure(lastError: string, retryAfterMs: (failures: number) => DurationMs): Promise<void> {
    const { owner, attempt } = this;
    const waitMs = retryAfterMs(this.#lock.record.failures + 1);
    try {
      const { kind } = await this.#write(releasedAfterFailure(this.#withToken(), lastError, waitMs));
      if (kind === 'not-ours') this.#emit({ kind: 'lost', owner, during: 'release' });
      else this.#emit({ kind: 'released', owner, attempt, lastError, retryAfterMs: waitMs });
    } catch (error) {
      this.#emit({ kind: 'not-released', owner, lastError, cause: errorText(error) });
    }
  }

  async #completeKept(result: string | null): Promise<void> {
    const write = await this.#write(completed(this.#withToken(), result));
    // Completed by another, or swept after that: the work is done, whoever's name stands under it.
    const isDone = write.kind === 'ours' || write.stored === undefined || write.stored.record.state === 'completed';
    if (!isDone) throw this.#lost('complete');
  }

  async #deleteCompleted(): Promise<void> {
    const { name, record, version } = this.#lock;
    const outcome = await deleteAsOwner(this.#operations, { name, record, version, budgetMs: this.#options.budgetMs });
    if (outcome === 'not-ours') throw this.#lost('delete');
  }

  #write(record: LockRecord) {
    const { name, version } = this.#lock;
    return putAsOwner(this.#operations, { name, record, condition: { version }, budgetMs: this.#options.budgetMs });
  }

  /** The write that created the lock could not know its token; every later one carries it. */
  #withToken = (): LockRecord => ({ ...this.#lock.record, fencingToken: this.fencingToken });

  #lost(during: string): LockLostError {
    this.#emit({ kind: 'lost', owner: this.owner, during });
    return new LockLostError(this.#lock.record.messageId);
  }

  #emit(event: LockDecisionMade): void {
    this.#operations.events.emit({ messageId: this.#lock.record.messageId, lock: this.#lock.name, ...event });
  }
}
