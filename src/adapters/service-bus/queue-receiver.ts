import { setMaxListeners } from 'node:events';
import type { ServiceBusClient, ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import type { ReceivedMessage } from '../../application/received-message.ts';
import { type DurationMs, durationMs, seconds } from '../../domain/time.ts';
import { PeekLockRenewal } from './peek-lock-renewal.ts';
import type { QueueReceiverEvent } from './queue-receiver-event.ts';
import { Reachability } from './reachability.ts';
import { detach, ReceiverPool } from './receiver-pool.ts';
import { lastError } from './service-bus-errors.ts';
import { type Settlement, settle } from './settlement.ts';
import { DeliverySlot, type Slot } from './slot.ts';
import { Slots } from './slots.ts';
import { withTimeLimit } from './time-limit.ts';
import { toReceivedMessage } from './to-received-message.ts';

export interface QueueReceiverSettings {
  readonly queueName: string;
  /** How many deliveries are worked on at once, those that are parked not counted. */
  readonly maxConcurrentCalls: number;
  /** How long after a delivery its peek-lock is still renewed. */
  readonly maxLockRenewalMs: DurationMs;
}

/** Works on a delivery and says how to settle it. The slot is its own until it returns. */
export type OnDelivery = (message: ReceivedMessage, slot: Slot) => Promise<Settlement>;

/**
 * Receives the messages of one queue in peek-lock mode, renews their peek-locks while they are worked on, and settles them.
 * A message is taken when there is a slot for it, none is fetched ahead. Lost connections come back by themselves.
 */
export class QueueReceiver {
  readonly #onDelivery: OnDelivery;
  readonly #onEvent: (event: QueueReceiverEvent) => void;
  readonly #settings: QueueReceiverSettings;
  readonly #receivers: ReceiverPool;
  /** Never receives, and so has no link: asks and settles by requests to the queue's management node. */
  readonly #management: ServiceBusReceiver;
  readonly #slots: Slots;
  readonly #reachability: Reachability;
  readonly #receiving = new Set<ServiceBusReceiver>();
  readonly #serving = new Set<Promise<void>>();
  readonly #renewals = new Set<PeekLockRenewal>();
  readonly #stopped = new AbortController();
  #stopping: Promise<void> | undefined;

  /** The client stays the caller's, who closes it after `stop`. Neither of the two functions may wait for `stop`. */
  constructor(
    client: ServiceBusClient,
    settings: QueueReceiverSettings,
    { onDelivery, onEvent }: { readonly onDelivery: OnDelivery; readonly onEvent: (event: QueueReceiverEvent) => void },
  ) {
    const create = () => client.createReceiver(settings.queueName, receiverOptions);
    this.#onDelivery = onDelivery;
    this.#onEvent = onEvent;
    this.#settings = settings;
    this.#receivers = new ReceiverPool(create, settings.maxConcurrentCalls);
    this.#management = create();
    this.#slots = new Slots(settings.maxConcurrentCalls, () => this.#receive());
    const { signal } = this.#stopped;
    const probe = (abortSignal: AbortSignal) => this.#management.peekMessages(1, { abortSignal });
    this.#reachability = new Reachability(probe, onEvent, signal);
    setMaxListeners(0, signal);
  }

  /** Resolves once the queue answers, or `stop` is called. Until then every problem is an event, and it is tried again. */
  start(): Promise<void> {
    this.#receive();
    return this.#reachability.restored();
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
    // The link is detached before the wait for its message is given up: what the broker sent before it heard of that still
    // arrives, and is abandoned. Given up first, the message would be nobody's until its peek-lock has run out.
    await Promise.all([...this.#receiving].map(detach));
    this.#stopped.abort();
    const leftMs = durationMs(Math.max(0, graceMs - (performance.now() - start)));
    await withTimeLimit(Promise.all(this.#serving), leftMs).catch(() => undefined);
    for (const renewal of this.#renewals) renewal.stop();
    await this.#receivers.close();
  }

  /** Lets as many receivers wait for a message as there are slots for. */
  #receive(): void {
    while (
      this.#stopping === undefined &&
      this.#receiving.size < this.#slots.free &&
      this.#serving.size < mostDeliveries
    ) {
      const receiver = this.#receivers.take();
      this.#receiving.add(receiver);
      const serving = this.#serve(receiver);
      this.#serving.add(serving);
      void serving.then(() => this.#serving.delete(serving));
    }
  }

  async #serve(receiver: ServiceBusReceiver): Promise<void> {
    const message = await this.#nextMessage(receiver);
    this.#receiving.delete(receiver);
    const isSettled = message === undefined || (await this.#deliver(receiver, message));
    if (isSettled) this.#receivers.giveBack(receiver);
    else this.#receivers.retire(receiver);
    this.#receive();
  }

  /** Undefined once it is stopped. */
  async #nextMessage(receiver: ServiceBusReceiver): Promise<ServiceBusReceivedMessage | undefined> {
    while (this.#stopping === undefined) {
      try {
        const [message] = await receiver.receiveMessages(1, receiveOptions(this.#stopped.signal));
        if (message !== undefined) return message;
      } catch (error) {
        if (this.#stopping === undefined) await this.#reachability.restored(error);
      }
    }
    return undefined;
  }

  async #deliver(receiver: ServiceBusReceiver, delivered: ServiceBusReceivedMessage): Promise<boolean> {
    const message = toReceivedMessage(delivered);
    const renewal = new PeekLockRenewal(
      { receiver: this.#management, message: delivered },
      {
        limitMs: this.#settings.maxLockRenewalMs,
        onLost: (cause) => this.#onEvent({ kind: 'peek-lock-lost', message, cause }),
      },
    );
    this.#renewals.add(renewal);
    // A link per parked delivery would slow all others down, by the hundred to a crawl.
    const slot = new DeliverySlot(this.#slots, () => this.#receivers.retire(receiver));
    // Usually there is one. A delivery that unparked can have been faster.
    await slot.unpark();
    const settlement = this.#stopping === undefined ? await this.#work(message, slot) : ({ kind: 'abandon' } as const);
    slot.release();
    renewal.stop();
    this.#renewals.delete(renewal);
    try {
      const via = receiver.isClosed ? this.#management : receiver;
      await withTimeLimit(settle(via, delivered, settlement), settlementLimitMs);
      return true;
    } catch (cause) {
      this.#onEvent({ kind: 'not-settled', message, settlement: settlement.kind, cause: lastError(cause) });
      return false;
    }
  }

  async #work(message: ReceivedMessage, slot: Slot): Promise<Settlement> {
    try {
      return await this.#onDelivery(message, slot);
    } catch (cause) {
      this.#onEvent({ kind: 'delivery-threw', message, cause });
      return { kind: 'abandon' };
    }
  }
}

const receiverOptions = {
  receiveMode: 'peekLock',
  /** The body comes as bytes, whatever is in it. */
  skipParsingBodyAsJson: true,
  maxAutoLockRenewalDurationInMs: 0,
} as const;

/** Practically for ever: when the SDK ends such a wait by itself, a message that comes at that moment can be lost. */
const receiveOptions = (abortSignal: AbortSignal) => ({ maxWaitTimeInMs: 2 ** 31 - 1, abortSignal });

/** All tries of one settlement. It holds no slot and nobody waits for it, but at some time its receiver has to be given up. */
const settlementLimitMs = seconds(10);

/** Those at work and those that are parked. Each costs memory, and a renewal of its peek-lock now and then. */
const mostDeliveries = 1000;
