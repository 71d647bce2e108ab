import { LockUndecidedError } from '../../domain/errors.ts';
import { identityOf } from '../../domain/lock-record.ts';
import { type DurationMs, durationMs } from '../../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { LockSubject } from '../ports/lock-events.ts';
import { LockStoreError, type WriteResult } from '../ports/lock-store.ts';
import { Deadline } from '../time/deadline.ts';
import type { LockTimings } from '../time/lock-timings.ts';

/** Ends an operation's budget at once, between two requests. */
export type GiveUp = Pick<AbortSignal, 'aborted'>;

/** How often, and how long, one operation on a lock asks a store that gives no clear answer. */
export class OperationBudget {
  readonly #clock: Clock;
  readonly #requestTimeoutMs: DurationMs;
  readonly #subject: LockSubject;
  readonly #deadline: Deadline;
  readonly #giveUp: GiveUp | undefined;
  #requests = 0;
  #pauses = 0;
  #cause: unknown;

  /** Counts from now. */
  constructor(
    { clock, timings }: { readonly clock: Clock; readonly timings: Pick<LockTimings, 'requestTimeoutMs'> },
    subject: LockSubject,
    budgetMs: DurationMs,
    giveUp?: GiveUp,
  ) {
    this.#clock = clock;
    this.#requestTimeoutMs = timings.requestTimeoutMs;
    this.#subject = subject;
    this.#deadline = new Deadline(clock, budgetMs);
    this.#giveUp = giveUp;
  }

  /**
   * The answer to `call`, which is made again as long as the store's refusal may pass and the budget lasts.
   *
   * @throws LockUndecidedError if a further request might not be answered within the budget.
   */
  async ask<T>(call: () => Promise<T>): Promise<T> {
    for (;;) {
      if (this.#requests > 0 && this.#left() < this.#requestTimeoutMs) throw this.#undecided();
      this.#requests += 1;
      this.#subject.span?.requested();
      if (this.#subject.requests !== undefined) this.#subject.requests.soFar += 1;
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof LockStoreError && error.isTransient)) throw error;
        this.#cause = error;
        await this.#pause();
      }
    }
  }

  /** Waits before the next try, after an answer that did not settle it. */
  pause(result: WriteResult<object>): Promise<void> {
    if (result.kind === 'unknown') this.#cause = result.cause;
    return this.#pause();
  }

  async #pause(): Promise<void> {
    const pause = Math.min(1000, 25 * 2 ** this.#pauses);
    this.#pauses += 1;
    if (this.#left() <= pause) throw this.#undecided();
    await this.#clock.sleep(durationMs(pause));
  }

  #left(): DurationMs {
    return this.#giveUp?.aborted ? durationMs(0) : this.#deadline.leftMs;
  }

  /** Names the last thing that went wrong as the cause: somebody may have to mend it. */
  #undecided(): LockUndecidedError {
    return new LockUndecidedError(identityOf(this.#subject), this.#cause);
  }
}
