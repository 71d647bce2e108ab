import { LockUndecidedError } from '../../domain/errors.ts';
import type { MessageId } from '../../domain/message-id.ts';
import { type DurationMs, durationMs, remaining } from '../../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import { LockStoreError, type WriteResult } from '../ports/lock-store.ts';

/** Ends an operation's budget at once, between two requests. */
export type GiveUp = Pick<AbortSignal, 'aborted'>;

/** How often, and how long, one operation on a lock asks a store that gives no clear answer. */
export class OperationBudget {
  readonly #clock: Clock;
  readonly #requestTimeoutMs: DurationMs;
  readonly #messageId: MessageId;
  readonly #budgetMs: DurationMs;
  readonly #giveUp: GiveUp | undefined;
  readonly #start: number;
  #requests = 0;
  #pauses = 0;
  #cause: unknown;

  constructor(
    { clock, requestTimeoutMs }: { readonly clock: Clock; readonly requestTimeoutMs: DurationMs },
    messageId: MessageId,
    budgetMs: DurationMs,
    giveUp?: GiveUp,
  ) {
    this.#clock = clock;
    this.#requestTimeoutMs = requestTimeoutMs;
    this.#messageId = messageId;
    this.#budgetMs = budgetMs;
    this.#giveUp = giveUp;
    this.#start = clock.monotonic();
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
    if (this.#giveUp?.aborted) return durationMs(0);
    return remaining(this.#budgetMs, durationMs(this.#clock.monotonic() - this.#start));
  }

  /** With the last thing that went wrong, which is what somebody may have to mend. */
  #undecided(): LockUndecidedError {
    return new LockUndecidedError(this.#messageId, this.#cause);
  }
}
