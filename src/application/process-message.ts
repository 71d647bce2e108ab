import { ActiveLockError, MessageFailedError, MessageMismatchError, ShutdownError } from '../domain/errors.ts';
import type { LockName } from '../domain/lock-name.ts';
import type { Delivery } from '../domain/message.ts';
import type { DurationMs } from '../domain/time.ts';
import type { WorkKey } from '../domain/work-key.ts';
import type { Acquisition, ClaimPorts } from './claim/acquire-lock.ts';
import { acquisitionEvents, tellAcquisition } from './claim/acquisition-events.ts';
import { LockPoller } from './claim/lock-poller.ts';
import { acquireOrWait } from './claim/wait-for-lock.ts';
import type { Clock, Random } from './ports/clock.ts';
import type { Ids } from './ports/ids.ts';
import type { LockEvents, LockSubject } from './ports/lock-events.ts';
import type { LockStore } from './ports/lock-store.ts';
import type { MessageHandler } from './ports/message-handler.ts';
import { silentSpan } from './ports/telemetry/tracing.ts';
import type { ExecutionOptions, ProcessSettings } from './settings/process-settings.ts';
import { ExecutionBudget } from './time/execution-budget.ts';
import { lockTimings } from './time/lock-timings.ts';
import { Execution, type ExecutionPorts } from './work/execution.ts';

/** What became of a delivery that needs no further one. Both are settled as complete. */
export type ProcessOutcome =
  /** The work was done by this execution. `result` is what it returned, as JSON text; null if it returned nothing. */
  | { readonly kind: 'completed'; readonly result: string | null }
  /** It was done before, by another one. */
  | { readonly kind: 'skipped'; readonly result: string | null };

export interface ProcessPorts {
  readonly store: LockStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  readonly events: LockEvents;
  readonly lockNameOf: (key: WorkKey) => LockName;
}

/** Everything that the work on any message needs, made once per process. Each part of the protocol names what it uses of it. */
interface Ports extends ProcessPorts, ClaimPorts, ExecutionPorts {
  readonly settings: ProcessSettings;
}

/** Makes the work of a message happen once, however often, and to however many instances, it is delivered. */
export class ProcessMessage {
  readonly #ports: Ports;
  readonly #poller: LockPoller;

  constructor(ports: ProcessPorts, handler: MessageHandler, settings: ProcessSettings) {
    this.#ports = { ...ports, handler, settings, timings: lockTimings(settings.lockTtlMs) };
    this.#poller = new LockPoller(ports.clock);
  }

  /**
   * Resolves once this delivery can be settled as complete.
   *
   * @throws DeliveryError if it was not worked on, its work did not end, or what became of its lock is not known.
   * @throws LockStoreError if the lock store was unavailable. No work was started then.
   * @throws Error whatever the handler threw; the lock is released for the next delivery.
   */
  async run(delivery: Delivery, options: ExecutionOptions = {}): Promise<ProcessOutcome> {
    const { clock, events, lockNameOf, settings } = this.#ports;
    const { key, message } = delivery;
    const { traceparent } = message;
    const lock = lockNameOf(key);
    const { id: messageId, source } = key;
    const { span = silentSpan } = options;
    const subject: LockSubject = {
      messageId,
      source,
      lock,
      ...(traceparent !== undefined && { traceparent }),
      span,
      requests: { soFar: 0 },
    };
    const budget = new ExecutionBudget(clock, settings.functionTimeoutMs);
    const isLastDelivery = this.#isLast(delivery);
    const acquisition = await span.within({ kind: 'acquire' }, async (acquiring) => {
      const acquired = await this.#acquire(subject, delivery, budget, options).catch((error) => {
        throw options.shutdown?.aborted ? new ShutdownError(key) : error;
      });
      tellAcquisition({ span, acquiring }, acquired);
      return acquired;
    });
    for (const event of acquisitionEvents(subject, delivery.fingerprint, acquisition)) events.emit(event);
    switch (acquisition.kind) {
      case 'acquired':
        return {
          kind: 'completed',
          result: await new Execution(this.#ports, acquisition, budget, { ...options, key, isLastDelivery }).run(
            message,
          ),
        };
      case 'skip':
        return { kind: 'skipped', result: acquisition.stored.record.result };
      case 'reject':
        throw new ActiveLockError(key, lock, acquisition.until);
      case 'mismatch':
        throw new MessageMismatchError(key);
      case 'refuse':
        throw new MessageFailedError(key, acquisition.lastError);
    }
  }

  #acquire(
    subject: LockSubject,
    delivery: Delivery,
    budget: ExecutionBudget,
    { shutdown, slot, waitMs = this.#waitMs(delivery, budget), again }: ExecutionOptions,
  ): Promise<Acquisition> {
    const { fingerprint, physical, deliveryCount, expiresAt } = delivery;
    return acquireOrWait(this.#ports, {
      subject,
      claim: { messageId: subject.messageId, source: subject.source, fingerprint, physical, again },
      // A first delivery most likely finds nothing: create at once, one request. Any other looks first, one request too.
      looksFirst: deliveryCount !== 1,
      poller: this.#poller,
      waitMs,
      expiresAt,
      signal: shutdown,
      slot,
    });
  }

  /** On the last permitted delivery the next rejection would dead-letter the message, so that one waits as long as it can. */
  #waitMs(delivery: Delivery, budget: ExecutionBudget): DurationMs {
    const { activeLockWaitMs } = this.#ports.settings;
    return this.#isLast(delivery) && activeLockWaitMs > 0 ? budget.abort.leftMs : activeLockWaitMs;
  }

  #isLast = ({ deliveryCount }: Delivery): boolean =>
    deliveryCount !== undefined && deliveryCount >= this.#ports.settings.maxDeliveryCount;
}
