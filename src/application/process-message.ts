import { ActiveLockError, MessageFailedError, MessageMismatchError } from '../domain/errors.ts';
import type { LockName } from '../domain/lock-name.ts';
import type { Delivery } from '../domain/message.ts';
import type { MessageId } from '../domain/message-id.ts';
import { type DurationMs, durationMs } from '../domain/time.ts';
import type { Acquisition } from './acquire-lock.ts';
import { acquisitionEvents } from './acquisition-events.ts';
import { asError, errorText } from './error-text.ts';
import { executionBudget } from './execution-budget.ts';
import { HeldLock } from './held-lock.ts';
import { acquireOrHold } from './hold.ts';
import { type LockTimings, lockTimings } from './lock-timings.ts';
import type { Clock } from './ports/clock.ts';
import type { Ids } from './ports/ids.ts';
import type { LockEvents } from './ports/lock-events.ts';
import type { LockStore } from './ports/lock-store.ts';
import type { HandlerContext, MessageHandler } from './ports/message-handler.ts';
import type { Random } from './ports/random.ts';
import type { LockOperations } from './resolve-write.ts';
import { resultText } from './result-text.ts';
import { retryAfter } from './retry-after.ts';

/** What became of a delivery that needs no further one. Both are settled as complete. */
export type ProcessOutcome =
  /** The work was done by this execution. */
  | { readonly kind: 'completed' }
  /** It was done before, by another one. */
  | { readonly kind: 'skipped' };

export interface ProcessSettings {
  readonly lockTtlMs: DurationMs;
  readonly activeLockWaitMs: DurationMs;
  /** How often the broker delivers a message before it dead-letters it. */
  readonly maxDeliveryCount: number;
  /** How long the host lets one execution run. */
  readonly functionTimeoutMs: DurationMs;
  /** Whether completed locks are kept, so that late duplicates are skipped; else they are deleted at once. */
  readonly keepsCompleted: boolean;
  /** The machine and process, for people who read a lock. */
  readonly host: string;
}

export interface ProcessPorts {
  readonly store: LockStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  readonly events: LockEvents;
  readonly lockNameOf: (id: MessageId) => LockName;
}

/** Makes the work of a message happen once, however often, and to however many instances, it is delivered. */
export class ProcessMessage {
  readonly #ports: ProcessPorts;
  readonly #handler: MessageHandler;
  readonly #settings: ProcessSettings;
  readonly #timings: LockTimings;
  readonly #operations: LockOperations;

  constructor(ports: ProcessPorts, handler: MessageHandler, settings: ProcessSettings) {
    this.#ports = ports;
    this.#handler = handler;
    this.#settings = settings;
    this.#timings = lockTimings(settings.lockTtlMs);
    this.#operations = { ...ports, requestTimeoutMs: this.#timings.requestTimeoutMs };
  }

  /**
   * Resolves once this delivery can be settled as complete.
   *
   * @throws DeliveryError if it was not worked on, or what became of its lock is not known.
   * @throws LockStoreError if the store of the locks did not serve. No work was started then.
   * @throws Error whatever the handler threw; the lock is released for the next delivery.
   */
  async run(delivery: Delivery): Promise<ProcessOutcome> {
    const { id } = delivery.message;
    const name = this.#ports.lockNameOf(id);
    const acquisition = await this.#acquire(name, delivery);
    for (const event of acquisitionEvents(name, delivery, acquisition)) this.#ports.events.emit(event);
    switch (acquisition.kind) {
      case 'acquired':
        await this.#work(delivery, new HeldLock(this.#operations, this.#heldLockOptions(), acquisition.lock));
        return { kind: 'completed' };
      case 'skip':
        return { kind: 'skipped' };
      case 'reject':
        throw new ActiveLockError(id, name, acquisition.until);
      case 'mismatch':
        throw new MessageMismatchError(id);
      case 'refuse':
        throw new MessageFailedError(id, acquisition.lastError);
    }
  }

  #acquire(
    name: LockName,
    { message, fingerprint, physical, deliveryCount, expiresAt }: Delivery,
  ): Promise<Acquisition> {
    return acquireOrHold(this.#operations, {
      name,
      claim: { messageId: message.id, fingerprint, delivery: physical },
      host: this.#settings.host,
      timings: this.#timings,
      looksFirst: deliveryCount !== 1,
      random: this.#ports.random,
      holdMs: this.#holdMs(deliveryCount),
      expiresAt,
    });
  }

  async #work({ message }: Delivery, lock: HeldLock): Promise<void> {
    let result: string | null;
    try {
      result = resultText(await this.#handler(message, contextOf(lock)));
    } catch (thrown) {
      const { activeLockWaitMs } = this.#settings;
      await lock.releaseAfterFailure(errorText(thrown), (failures) =>
        retryAfter(failures, activeLockWaitMs, this.#ports.random()),
      );
      throw asError(thrown);
    }
    await lock.complete(result);
  }

  /** On the last permitted delivery the next rejection would dead-letter the message, so that one waits as long as it can. */
  #holdMs(deliveryCount: number | undefined): DurationMs {
    const { activeLockWaitMs, maxDeliveryCount, functionTimeoutMs } = this.#settings;
    const isLast = deliveryCount !== undefined && deliveryCount >= maxDeliveryCount;
    if (!isLast || activeLockWaitMs === 0) return activeLockWaitMs;
    return durationMs(Math.max(activeLockWaitMs, executionBudget(functionTimeoutMs).abortAfterMs));
  }

  #heldLockOptions = () => ({
    budgetMs: this.#timings.operationBudgetMs,
    keepsCompleted: this.#settings.keepsCompleted,
  });
}

const contextOf = ({ owner, attempt, fencingToken }: HeldLock): HandlerContext => ({ owner, attempt, fencingToken });
