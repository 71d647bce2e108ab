import type { ServiceBusClient } from '@azure/service-bus';
import type { ReceivedMessage } from '../../application/ports/received-message.ts';
import type { WorkSlot } from '../../application/ports/work-slot.ts';
import { type DurationMs, durationMs } from '../../domain/time.ts';
import { MessageSource, type Received } from './message-source.ts';
import { PeekLockDuration } from './peek-lock-duration.ts';
import { PeekLockRenewal } from './peek-lock-renewal.ts';
import type { QueueReceiverEvent } from './queue-receiver-event.ts';
import { lastError } from './service-bus-errors.ts';
import { type Settlement, settle, type ToSettle } from './settlement.ts';
import { DeliverySlot } from './slot.ts';
import { Slots } from './slots.ts';
import type { SourceEntity } from './source-entity.ts';
import { withTimeLimit } from './time-limit.ts';
import { toReceivedMessage } from './to-received-message.ts';

/** Its entity, and how it is worked on. */
export type QueueReceiverSettings = SourceEntity & ReceiverSettings;

export interface ReceiverSettings {
  /** How many deliveries are worked on at once. Up to 1,000 may be open, those that are parked included. */
  readonly maxConcurrentCalls: number;
  /** How long after a delivery its peek-lock is still renewed. */
  readonly maxLockRenewalMs: DurationMs;
}

/** Works on a delivery and says how to settle it, and what that is told of below. The slot is its own until it returns. */
export type OnDelivery = (message: ReceivedMessage, slot: WorkSlot) => Promise<ToSettle>;

/**
 * Receives the messages of one queue or subscription in peek-lock mode, renews their peek-locks while they are worked on, and settles them.
 * A message is taken when there is a slot for it, none is fetched ahead. Lost connections come back by themselves.
 */
export class QueueReceiver {
  readonly #onDelivery: OnDelivery;
  readonly #onEvent: (event: QueueReceiverEvent) => void;
  readonly #maxLockRenewalMs: DurationMs;
  readonly #source: MessageSource;
  readonly #slots: Slots;
  /** Each waits for a message and then sees it through. */
  readonly #serving = new Set<Promise<void>>();
  readonly #peekLockDuration = new PeekLockDuration();
  readonly #renewals = new Set<PeekLockRenewal>();
  #waiting = 0;
  #stopping: Promise<void> | undefined;

  /** The client stays the caller's, who closes it after `stop`. `onEvent` must not throw. */
  constructor(
    client: ServiceBusClient,
    { maxConcurrentCalls, maxLockRenewalMs, ...entity }: QueueReceiverSettings,
    { onDelivery, onEvent }: { readonly onDelivery: OnDelivery; readonly onEvent: (event: QueueReceiverEvent) => void },
  ) {
    this.#onDelivery = onDelivery;
    this.#onEvent = onEvent;
    this.#maxLockRenewalMs = maxLockRenewalMs;
    this.#source = new MessageSource(client, { entity, mostIdle: maxConcurrentCalls }, onEvent);
    this.#slots = new Slots(maxConcurrentCalls, () => this.#fill());
  }

  /** Resolves once the queue answers, or `stop` is called. Until then every problem is an event. Nothing is received yet. */
  reach(): Promise<void> {
    return this.#source.start();
  }

  /** Receives from now on. Resolves as `reach` does. */
  start(): Promise<void> {
    this.#fill();
    return this.reach();
  }

  /**
   * Takes no more messages, and resolves when all deliveries are settled or `graceMs` has passed. What still works then is
   * not abandoned: its peek-lock runs out, and meanwhile nobody else gets the message.
   */
  stop(graceMs: DurationMs): Promise<void> {
    this.#stopping ??= this.#stop(graceMs);
    return this.#stopping;
  }

  async #stop(graceMs: DurationMs): Promise<void> {
    const start = performance.now();
    await this.#source.stop();
    const leftMs = durationMs(Math.max(0, graceMs - (performance.now() - start)));
    await withTimeLimit(Promise.all(this.#serving), leftMs).catch(() => undefined);
    for (const renewal of this.#renewals) renewal.stop();
    await this.#source.receivers.close();
  }

  /** Waits for as many messages as there are slots for. */
  #fill(): void {
    while (this.#stopping === undefined && this.#waiting < this.#slots.free && this.#serving.size < mostDeliveries) {
      this.#waiting += 1;
      const serving = this.#serve();
      this.#serving.add(serving);
      void serving.then(() => {
        this.#serving.delete(serving);
        this.#fill();
      });
    }
  }

  async #serve(): Promise<void> {
    const received = await this.#source.next();
    this.#waiting -= 1;
    if (received !== undefined) await this.#deliver(received);
  }

  async #deliver(received: Received): Promise<void> {
    const message = toReceivedMessage(received.message);
    this.#peekLockDuration.note(received.message, received.waitedMs);
    const renewal = new PeekLockRenewal(
      { message: received.message, receiver: this.#source.management },
      {
        duration: this.#peekLockDuration,
        limitMs: this.#maxLockRenewalMs,
        onLost: (cause) => this.#onEvent({ kind: 'peek-lock-lost', message, cause }),
      },
    );
    this.#renewals.add(renewal);
    // A link per parked delivery would slow all others down, by the hundred to a crawl.
    const slot = new DeliverySlot(this.#slots, () => this.#source.receivers.retire(received.receiver));
    // Usually one is free. But a delivery that unparked meanwhile can have taken it.
    await slot.unpark();
    const settlement = this.#stopping === undefined ? await this.#work(message, slot) : abandon;
    slot.end();
    renewal.stop();
    this.#renewals.delete(renewal);
    await this.#settle(received, message, settlement);
  }

  async #work(message: ReceivedMessage, slot: WorkSlot): Promise<ToSettle> {
    try {
      return await this.#onDelivery(message, slot);
    } catch (cause) {
      this.#onEvent({ kind: 'delivery-threw', message, cause });
      return abandon;
    }
  }

  async #settle(received: Received, message: ReceivedMessage, settlement: ToSettle): Promise<void> {
    const { receivers, management } = this.#source;
    const first = received.receiver.isClosed ? management : received.receiver;
    try {
      await settle(received.message, settlement, [first, management, management]);
      receivers.giveBack(received.receiver);
    } catch (cause) {
      this.#onEvent({ kind: 'not-settled', message, settlement: settlement.kind, cause: lastError(cause) });
      receivers.retire(received.receiver);
    }
  }
}

const abandon: Settlement = { kind: 'abandon' };

/** Those at work and those that are parked. Each costs memory, and a renewal of its peek-lock now and then. */
const mostDeliveries = 1000;
