import { ActiveLockError, MessageFailedError, MessageMismatchError, ShutdownError } from '../domain/errors.ts';
import type { LockName } from '../domain/lock-name.ts';
import type { Delivery, Message } from '../domain/message.ts';
import type { MessageId } from '../domain/message-id.ts';
import type { DurationMs } from '../domain/time.ts';
import type { Acquisition } from './claim/acquire-lock.ts';
import { acquisitionEvents } from './claim/acquisition-events.ts';
import { LockPoller } from './claim/lock-poller.ts';
import { acquireOrWait } from './claim/wait-for-lock.ts';
import type { Clock } from './ports/clock.ts';
import type { Ids } from './ports/ids.ts';
import type { LockEvents } from './ports/lock-events.ts';
import type { LockStore } from './ports/lock-store.ts';
import type { MessageHandler } from './ports/message-handler.ts';
import type { Random } from './ports/random.ts';
import type { ExecutionOptions, ProcessSettings } from './process-settings.ts';
import { ExecutionBudget } from './time/execution-budget.ts';
import { lockTimings } from './time/lock-timings.ts';
import { Execution, type ExecutionTools } from './work/execution.ts';

/** What became of a delivery that needs no further one. Both are settled as complete. */
export type ProcessOutcome =
  /** The work was done by this execution. */
  | { readonly kind: 'completed' }
  /** It was done before, by another one. */
  | { readonly kind: 'skipped' };

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
  readonly #settings: ProcessSettings;
  readonly #tools: ExecutionTools;
  readonly #poller: LockPoller;

  constructor(ports: ProcessPorts, handler: MessageHandler, settings: ProcessSettings) {
    const timings = lockTimings(settings.lockTtlMs);
    const operations = { ...ports, requestTimeoutMs: timings.requestTimeoutMs };
    this.#ports = ports;
    this.#settings = settings;
    this.#tools = { operations, random: ports.random, timings, settings, handler };
    this.#poller = new LockPoller(ports.clock);
  }

  /**
   * Resolves once this delivery can be settled as complete.
   *
   * @throws DeliveryError if it was not worked on, its work did not end, or what became of its lock is not known.
   * @throws LockStoreError if the store of the locks did not serve. No work was started then.
   * @throws Error whatever the handler threw; the lock is released for the next delivery.
   */
  async run(delivery: Delivery, options: ExecutionOptions = {}): Promise<ProcessOutcome> {
    const { id } = delivery.message;
    const name = this.#ports.lockNameOf(id);
    const tools = this.#toolsFor(delivery.message);
    const budget = new ExecutionBudget(this.#ports.clock, this.#settings.functionTimeoutMs);
    const isLastDelivery = this.#isLast(delivery);
    const acquisition = await this.#acquire(name, delivery, tools, budget, options).catch((error) => {
      throw options.shutdown?.aborted ? new ShutdownError(id) : error;
    });
    for (const event of acquisitionEvents(name, delivery, acquisition)) tools.operations.events.emit(event);
    switch (acquisition.kind) {
      case 'acquired':
        await new Execution(tools, acquisition, budget, { ...options, isLastDelivery }).run(delivery.message);
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
    delivery: Delivery,
    { operations, timings, random }: ExecutionTools,
    budget: ExecutionBudget,
    { shutdown, slot }: ExecutionOptions,
  ): Promise<Acquisition> {
    const { message, fingerprint, physical, deliveryCount, expiresAt } = delivery;
    return acquireOrWait(operations, {
      name,
      claim: { messageId: message.id, fingerprint, physical },
      host: this.#settings.host,
      timings,
      // A first delivery most likely finds nothing: create at once, one request. Any other looks first, one request too.
      looksFirst: deliveryCount !== 1,
      poller: this.#poller,
      random,
      waitMs: this.#waitMs(delivery, budget),
      expiresAt,
      signal: shutdown,
      slot,
    });
  }

  /** Every event of an execution carries the trace context that its message came with. */
  #toolsFor({ traceparent }: Message): ExecutionTools {
    if (traceparent === undefined) return this.#tools;
    const events: LockEvents = { emit: (event) => this.#ports.events.emit({ ...event, traceparent }) };
    return { ...this.#tools, operations: { ...this.#tools.operations, events } };
  }

  /** On the last permitted delivery the next rejection would dead-letter the message, so that one waits as long as it can. */
  #waitMs(delivery: Delivery, budget: ExecutionBudget): DurationMs {
    const { activeLockWaitMs } = this.#settings;
    return this.#isLast(delivery) && activeLockWaitMs > 0 ? budget.leftUntil('abortAfterMs') : activeLockWaitMs;
  }

  #isLast = ({ deliveryCount }: Delivery): boolean =>
    deliveryCount !== undefined && deliveryCount >= this.#settings.maxDeliveryCount;
}
