import { exhaustion } from '../../domain/attempt-limits.ts';
import { DeadlineError, MessageFailedError, ShutdownError, WorkNotSettledError } from '../../domain/errors.ts';
import type { LockName } from '../../domain/lock-name.ts';
import type { Message } from '../../domain/message.ts';
import { PermanentFailure } from '../../domain/step-errors.ts';
import { type DurationMs, durationMs, type StoreTime, seconds } from '../../domain/time.ts';
import type { Acquisition, Takeover } from '../claim/acquire-lock.ts';
import { asError, errorText } from '../error-text.ts';
import { keepRenewed } from '../lock/heartbeat.ts';
import { LockSession } from '../lock/lock-session.ts';
import type { LockOperations } from '../lock/owned-write.ts';
import type { HandlerContext, MessageHandler } from '../ports/message-handler.ts';
import type { Random } from '../ports/random.ts';
import type { ExecutionOptions, ProcessSettings } from '../process-settings.ts';
import type { ExecutionBudget } from '../time/execution-budget.ts';
import type { LockTimings } from '../time/lock-timings.ts';
import { aborted, abortedBefore, EndOfWork, onAbort } from '../time/signals.ts';
import { retryAfter } from './retry-after.ts';
import { StepRunner } from './step-runner.ts';
import { resultText } from './stored-result.ts';

export interface ExecutionTools {
  readonly operations: LockOperations;
  readonly random: Random;
  readonly timings: LockTimings;
  readonly settings: ProcessSettings;
  readonly handler: MessageHandler;
}

/** How a handler ended, or that it did not. */
type Ending =
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'threw'; readonly thrown: unknown }
  | { readonly kind: 'still-working' };

/** One execution's work on a message whose lock it holds: from the acquisition to the lock's last write. */
export class Execution {
  readonly #tools: ExecutionTools;
  readonly #budget: ExecutionBudget;
  readonly #options: ExecutionOptions;
  readonly #isLastDelivery: boolean;
  readonly #lock: LockSession;
  readonly #takenOver: Takeover | undefined;
  readonly #name: LockName;
  readonly #acquiredAt: StoreTime;

  constructor(
    tools: ExecutionTools,
    { lock, takenOver }: Acquisition & { kind: 'acquired' },
    budget: ExecutionBudget,
    { isLastDelivery, ...options }: ExecutionOptions & { readonly isLastDelivery: boolean },
  ) {
    this.#tools = tools;
    this.#budget = budget;
    this.#options = options;
    this.#isLastDelivery = isLastDelivery;
    this.#lock = new LockSession(tools.operations, tools.timings, lock);
    this.#takenOver = takenOver;
    this.#name = lock.name;
    this.#acquiredAt = lock.writtenAt;
  }

  /**
   * Resolves when the work is done and its lock says so.
   *
   * @throws DeliveryError if the work did not end well, or not in time, or the lock was lost; whatever the handler threw.
   */
  async run(message: Message): Promise<void> {
    const why = exhaustion(this.#lock.record, this.#tools.settings.maxAttempts);
    if (why !== undefined) return this.#fail(message, why);

    const ending = await this.#work(message);
    switch (ending.kind) {
      case 'returned':
        return this.#complete(message, ending.value);
      case 'threw':
        return this.#giveUp(message, ending.thrown);
      case 'still-working':
        // Released, the lock would be taken over beside work that goes on. Unrenewed, it expires.
        throw new WorkNotSettledError(message.id, this.#lock.signal.reason);
    }
  }

  /** Runs the handler under heartbeat, deadline and shutdown, none of which outlives it. */
  async #work(message: Message): Promise<Ending> {
    const { operations, timings } = this.#tools;
    const over = new EndOfWork();
    const beats = keepRenewed(operations, timings, { name: this.#name, lock: this.#lock, over });
    const leaveShutdown = this.#abortOnShutdown(message);
    this.#abortAtDeadline(message, over);
    try {
      await this.#prepare(over);
      return await this.#handle(message, over);
    } catch (thrown) {
      return { kind: 'threw', thrown };
    } finally {
      over.tell();
      leaveShutdown();
      await beats;
    }
  }

  /** All that has to be waited for before the handler starts. The heartbeat is at work already. */
  async #prepare(over: EndOfWork): Promise<void> {
    const { signal } = this.#lock;
    const { slot } = this.#options;
    if (slot !== undefined) await Promise.race([slot.unpark(), aborted(over, signal)]);
    const waitMs = this.#stampsTooClose();
    if (waitMs > 0) await this.#tools.operations.clock.sleep(waitMs, signal);
    await this.#lock.guard();
  }

  /**
   * A second opinion on an expired lock. The two writes were stamped by the store's clock too, but by another of its answers:
   * if they lie no more than a ttl apart, its clocks disagree, and the previous owner may still be at work.
   */
  #stampsTooClose(): DurationMs {
    if (this.#takenOver?.cause !== 'expired') return durationMs(0);
    const { record: previous, writtenAt: previousWrittenAt } = this.#takenOver.stored;
    const writtenAt = this.#acquiredAt;
    const apartMs = writtenAt - previousWrittenAt;
    if (apartMs > previous.ttlMs) return durationMs(0);
    // Stamps are cut to whole seconds: one more makes sure.
    const waitMs = durationMs(previous.ttlMs - apartMs + seconds(1));
    this.#lock.emit({ kind: 'clock-disagreement', owner: this.#lock.owner, previousWrittenAt, writtenAt, waitMs });
    return waitMs;
  }

  async #handle(message: Message, over: EndOfWork): Promise<Ending> {
    const { owner, attempt, fencingToken, signal } = this.#lock;
    const steps = new StepRunner(this.#lock);
    const context: HandlerContext = { owner, attempt, fencingToken, signal, step: steps.run };
    const ending = (async (): Promise<Ending> => {
      try {
        const value = await this.#tools.handler(message, context);
        await steps.settled();
        return { kind: 'returned', value };
      } catch (thrown) {
        // A step that the handler left alone is still at work: the lock must not be given up beside it.
        await steps.settled().catch(() => undefined);
        return { kind: 'threw', thrown };
      }
    })();
    const givenUp = Promise.withResolvers<Ending>();
    onAbort(signal, () => void this.#untilGivenUp(over).then(givenUp.resolve));
    try {
      return await Promise.race([ending, givenUp.promise]);
    } finally {
      steps.end();
    }
  }

  /**
   * Resolves when a handler is no longer waited for whose signal was aborted. Work whose lock could not be renewed may still
   * be done in time, and completed if nobody took it over; but a host that stops has no time for it.
   */
  async #untilGivenUp(over: EndOfWork): Promise<Ending> {
    const { clock } = this.#tools.operations;
    const { shutdown } = this.#options;
    const stopped = shutdown && abortedBefore(over, shutdown);
    await Promise.race([
      clock.sleep(this.#budget.leftUntil('settledAfterMs'), over),
      ...(stopped ? [stopped.then(() => clock.sleep(shutdownGraceMs, over))] : []),
    ]).catch(() => undefined);
    return { kind: 'still-working' };
  }

  async #complete(message: Message, value: unknown): Promise<void> {
    let result: string | null;
    try {
      result = resultText('the handler', value);
    } catch (unstorable) {
      return this.#giveUp(message, unstorable);
    }
    if (this.#tools.settings.keepsCompleted) await this.#lock.complete(result, this.#lastWriteMs());
    else await this.#lock.completeAndDelete(this.#lastWriteMs());
  }

  /** The attempt did not succeed: its lock is failed, or released for the next one. */
  async #giveUp(message: Message, thrown: unknown): Promise<never> {
    const error = asError(thrown);
    if (error instanceof PermanentFailure) return this.#fail(message, errorText(error));
    if (this.#isStopping() && !this.#isLastDelivery) {
      await this.#lastWrite(error, () => this.#lock.release(this.#lastWriteMs()));
      throw new ShutdownError(message.id);
    }
    const { maxAttempts, activeLockWaitMs } = this.#tools.settings;
    if (this.#lock.attempt >= maxAttempts) {
      return this.#fail(message, `${errorText(error)} (attempt ${maxAttempts}, the last)`);
    }
    // The broker dead-letters the message now, and nobody would come back to a released lock.
    if (this.#isLastDelivery) return this.#fail(message, `${errorText(error)} (on the last permitted delivery)`);
    const waitMs = retryAfter(this.#lock.record.failures + 1, activeLockWaitMs, this.#tools.random());
    await this.#lastWrite(error, () => this.#lock.releaseAfterFailure(errorText(error), waitMs, this.#lastWriteMs()));
    throw error;
  }

  async #fail(message: Message, lastError: string): Promise<never> {
    try {
      await this.#lock.fail(lastError, this.#lastWriteMs());
    } catch (cause) {
      // Not final before the lock says so: another execution may have it, and complete the message.
      this.#tellNotReleased(lastError, cause);
      throw cause;
    }
    throw new MessageFailedError(message.id, lastError);
  }

  /** Makes the last write of an attempt that failed with `error`. If it fails too, the lock expires: the error stays the news. */
  async #lastWrite(error: Error, write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (cause) {
      this.#tellNotReleased(errorText(error), cause);
    }
  }

  #tellNotReleased(lastError: string, cause: unknown): void {
    this.#lock.emit({ kind: 'not-released', owner: this.#lock.owner, lastError, cause: errorText(cause) });
  }

  /** How long a last write is tried: to the last moment of the budget, but for a host that stops. */
  #lastWriteMs(): DurationMs {
    const leftMs = this.#budget.leftUntil('returnedAfterMs');
    return this.#isStopping() ? durationMs(Math.min(leftMs, shutdownWriteMs)) : leftMs;
  }

  #isStopping = (): boolean => this.#options.shutdown?.aborted === true;

  #abortOnShutdown(message: Message): () => void {
    const { shutdown } = this.#options;
    const abort = () => this.#lock.abort(new ShutdownError(message.id));
    if (shutdown?.aborted) abort();
    shutdown?.addEventListener('abort', abort, { once: true });
    return () => shutdown?.removeEventListener('abort', abort);
  }

  #abortAtDeadline(message: Message, over: EndOfWork): void {
    const { abortAfterMs } = this.#budget.limits;
    this.#tools.operations.clock.sleep(this.#budget.leftUntil('abortAfterMs'), over).then(
      () => this.#lock.abort(new DeadlineError(message.id, abortAfterMs)),
      () => undefined, // the work is over
    );
  }
}

/** How long a host that has 5 s to stop waits for a handler, and for the last write. */
const shutdownGraceMs = seconds(2);
const shutdownWriteMs = seconds(1.5);
