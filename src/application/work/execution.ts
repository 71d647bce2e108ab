import { exhaustion } from '../../domain/attempt-limits.ts';
import { DeadlineError, MessageFailedError, ShutdownError, WorkNotSettledError } from '../../domain/errors.ts';
import type { DeliveredMessage } from '../../domain/message.ts';
import { PermanentFailure } from '../../domain/step-errors.ts';
import { type DurationMs, durationMs, type StoreTime, seconds } from '../../domain/time.ts';
import type { WorkKey } from '../../domain/work-key.ts';
import type { Acquisition, Takeover } from '../claim/acquire-lock.ts';
import { asError, errorText } from '../error-text.ts';
import { keepRenewed } from '../lock/heartbeat.ts';
import { LockSession } from '../lock/lock-session.ts';
import type { LockPorts } from '../lock/owned-write.ts';
import type { Random } from '../ports/clock.ts';
import type { HandlerContext, MessageHandler } from '../ports/message-handler.ts';
import type { ExecutionOptions, ProcessSettings } from '../settings/process-settings.ts';
import type { ExecutionBudget } from '../time/execution-budget.ts';
import { aborted, abortedBefore, EndOfWork, onAbort } from '../time/signals.ts';
import { retryAfter } from './retry-after.ts';
import { StepRunner } from './step-runner.ts';
import { resultText } from './stored-result.ts';

/** What an execution needs of its process. */
export interface ExecutionPorts extends LockPorts {
  readonly random: Random;
  readonly handler: MessageHandler;
  readonly settings: Pick<ProcessSettings, 'maxAttempts' | 'activeLockWaitMs' | 'keepsCompleted'>;
}

/** How a handler ended, or that it did not. */
type Ending =
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'threw'; readonly thrown: unknown }
  | { readonly kind: 'still-working' };

/** One execution's work on a message whose lock it holds: from the acquisition to the lock's last write. */
export class Execution {
  readonly #ports: ExecutionPorts;
  readonly #budget: ExecutionBudget;
  readonly #options: ExecutionOptions;
  readonly #key: WorkKey;
  readonly #isLastDelivery: boolean;
  readonly #lock: LockSession;
  readonly #takenOver: Takeover | undefined;
  readonly #acquiredAt: StoreTime;

  constructor(
    ports: ExecutionPorts,
    { lock, takenOver }: Acquisition & { kind: 'acquired' },
    budget: ExecutionBudget,
    { key, isLastDelivery, ...options }: ExecutionOptions & { readonly key: WorkKey; readonly isLastDelivery: boolean },
  ) {
    this.#ports = ports;
    this.#budget = budget;
    this.#options = options;
    this.#key = key;
    this.#isLastDelivery = isLastDelivery;
    this.#lock = new LockSession(ports, lock);
    this.#takenOver = takenOver;
    this.#acquiredAt = lock.writtenAt;
  }

  /**
   * Resolves when the work is done and its lock says so, with what the lock keeps of its result.
   *
   * @throws DeliveryError if the work did not end well, or not in time, or the lock was lost; whatever the handler threw.
   */
  async run(message: DeliveredMessage): Promise<string | null> {
    const why = exhaustion(this.#lock.record, this.#ports.settings.maxAttempts);
    if (why !== undefined) return this.#fail(why);

    const ending = await this.#work(message);
    switch (ending.kind) {
      case 'returned':
        return this.#complete(ending.value);
      case 'threw':
        return this.#giveUp(ending.thrown);
      case 'still-working':
        // Released, the lock would be taken over beside work that goes on. Unrenewed, it expires.
        throw new WorkNotSettledError(this.#lock.message, this.#lock.signal.reason);
    }
  }

  /** Runs the handler under heartbeat, deadline and shutdown, none of which outlives it. */
  async #work(message: DeliveredMessage): Promise<Ending> {
    const over = new EndOfWork();
    const beats = keepRenewed(this.#ports, this.#lock, over);
    const leaveShutdown = this.#abortOnShutdown();
    this.#abortAtDeadline(over);
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
    if (waitMs > 0) await this.#ports.clock.sleep(waitMs, signal);
    await this.#lock.guard();
  }

  /**
   * A second opinion on an expired lock: the stamps of the two writes, the previous owner's and this one's. If they are no more
   * than a ttl apart, the store's clocks disagree, and the previous owner may still be at work.
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

  async #handle(message: DeliveredMessage, over: EndOfWork): Promise<Ending> {
    const { owner, attempt, fencingToken, signal } = this.#lock;
    const steps = new StepRunner(this.#lock, this.#key, () => this.#ports.clock.timestamp());
    const context: HandlerContext = { workKey: this.#key, owner, attempt, fencingToken, signal, step: steps.run };
    const ending = (async (): Promise<Ending> => {
      try {
        const { handler = this.#ports.handler } = this.#options;
        const value = await handler(message, context);
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
   * Resolves when a handler that ignores its aborted signal is no longer waited for: at the end of the execution's time, since
   * its work may still be completed if nobody took the lock over. A host that stops waits 2 s only.
   */
  async #untilGivenUp(over: EndOfWork): Promise<Ending> {
    const { clock } = this.#ports;
    const { shutdown } = this.#options;
    const stopped = shutdown && abortedBefore(over, shutdown);
    await Promise.race([
      clock.sleep(this.#budget.settled.leftMs, over),
      ...(stopped ? [stopped.then(() => clock.sleep(shutdownGraceMs, over))] : []),
    ]).catch(() => undefined);
    return { kind: 'still-working' };
  }

  async #complete(value: unknown): Promise<string | null> {
    let result: string | null;
    try {
      result = resultText('the handler', value);
    } catch (unstorable) {
      return this.#giveUp(unstorable);
    }
    if (this.#ports.settings.keepsCompleted) await this.#lock.complete(result, this.#lastWriteMs());
    else await this.#lock.completeAndDelete(this.#lastWriteMs());
    return result;
  }

  /** The attempt did not succeed: its lock is failed, or released for the next one. */
  async #giveUp(thrown: unknown): Promise<never> {
    const error = asError(thrown);
    if (error instanceof PermanentFailure) return this.#fail(errorText(error), error);
    if (this.#isStopping() && !this.#isLastDelivery) {
      await this.#lastWrite(error, () => this.#lock.release(this.#lastWriteMs()));
      throw new ShutdownError(this.#lock.message);
    }
    const { maxAttempts, activeLockWaitMs } = this.#ports.settings;
    if (this.#lock.attempt >= maxAttempts) {
      return this.#fail(`${errorText(error)} (attempt ${maxAttempts}, the last)`, error);
    }
    // The broker dead-letters the message now, and nobody would come back to a released lock.
    if (this.#isLastDelivery) return this.#fail(`${errorText(error)} (on the last permitted delivery)`, error);
    const waitMs = retryAfter(this.#lock.record.failures + 1, activeLockWaitMs, this.#ports.random());
    await this.#lastWrite(error, () => this.#lock.releaseAfterFailure(errorText(error), waitMs, this.#lastWriteMs()));
    throw error;
  }

  async #fail(lastError: string, thrown?: Error): Promise<never> {
    try {
      await this.#lock.fail(lastError, this.#lastWriteMs());
    } catch (cause) {
      // Not final before the lock says so: another execution may have it, and complete the message.
      this.#tellNotReleased(lastError, cause);
      throw cause;
    }
    throw new MessageFailedError(this.#lock.message, lastError, thrown);
  }

  /** Makes the last write of an attempt that failed with `error`. If that fails, too, the lock is left to expire. */
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

  /** How long a last write is tried: until the budget ends; by a host that stops, for a moment only. */
  #lastWriteMs(): DurationMs {
    const leftMs = this.#budget.returned.leftMs;
    return this.#isStopping() ? durationMs(Math.min(leftMs, shutdownWriteMs)) : leftMs;
  }

  #isStopping = (): boolean => this.#options.shutdown?.aborted === true;

  #abortOnShutdown(): () => void {
    const { shutdown } = this.#options;
    const abort = () => this.#lock.abort(new ShutdownError(this.#lock.message));
    if (shutdown?.aborted) abort();
    shutdown?.addEventListener('abort', abort, { once: true });
    return () => shutdown?.removeEventListener('abort', abort);
  }

  #abortAtDeadline(over: EndOfWork): void {
    const { abort, limits } = this.#budget;
    this.#ports.clock.sleep(abort.leftMs, over).then(
      () => this.#lock.abort(new DeadlineError(this.#lock.message, limits.abortAfterMs)),
      () => undefined, // the work is over
    );
  }
}

/** How long a host that has 5 s to stop waits for a handler, and for the last write. */
const shutdownGraceMs = seconds(2);
const shutdownWriteMs = seconds(1.5);
