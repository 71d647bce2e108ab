import type { ServiceBusClient, ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import { seconds } from '../../domain/time.ts';
import type { QueueReceiverEvent } from './queue-receiver-event.ts';
import { backOff, pause, Reachability } from './reachability.ts';
import { detach, ReceiverPool } from './receiver-pool.ts';
import { createReceiver, receiverOptions, type SourceEntity } from './source-entity.ts';
import { unlessAborted, Waits } from './waits.ts';

/** A message, and the receiver that it has to itself until it is given back or retired. */
export interface Received {
  readonly message: ServiceBusReceivedMessage;
  readonly receiver: ServiceBusReceiver;
  /** How long the broker has surely known that a message is wanted, in milliseconds. */
  readonly waitedMs: number;
}

/** The messages of a queue or subscription, one by one, over connections that may come and go. */
export class MessageSource {
  /** Never receives, and so has no link: what is asked of it goes as a request to the queue's management node. */
  readonly management: ServiceBusReceiver;
  readonly receivers: ReceiverPool;
  readonly #waiting = new Set<ServiceBusReceiver>();
  readonly #reachability: Reachability;
  readonly #stopping = new AbortController();
  readonly #waits = new Waits();
  #watching: Promise<void> | undefined;

  constructor(
    client: ServiceBusClient,
    { entity, mostIdle }: { readonly entity: SourceEntity; readonly mostIdle: number },
    onEvent: (event: QueueReceiverEvent) => void,
  ) {
    const create = () => createReceiver(client, entity, receiverOptions);
    this.management = create();
    this.receivers = new ReceiverPool(create, mostIdle);
    const { signal } = this.#stopping;
    const ask = () => this.management.peekMessages(1, { abortSignal: signal });
    this.#reachability = new Reachability(() => this.#waits.probe(ask), onEvent, signal);
  }

  /** Resolves once the queue answers, for the first time or again, or `stop` is called. */
  start(): Promise<void> {
    this.#watching ??= this.#reachability.watch();
    return this.#reachability.restored();
  }

  /** The next message, however long it takes; undefined once it is stopped. */
  async next(): Promise<Received | undefined> {
    let { receiver, hasLink } = this.receivers.take();
    for (let failures = 0; !this.#stopping.signal.aborted; ) {
      const { signal } = this.#waits;
      const start = performance.now();
      this.#waiting.add(receiver);
      try {
        const receiving = receiver.receiveMessages(1, { maxWaitTimeInMs: forEver, abortSignal: signal });
        const [message] = (await unlessAborted(receiving, signal)) ?? [];
        if (message !== undefined) {
          this.#reachability.received();
          // What had to attach first waited for that, too.
          return { message, receiver, waitedMs: hasLink ? performance.now() - start : 0 };
        }
      } catch (error) {
        // One failure means little: a connection broke, or the broker detached an idle link, and all is well again.
        failures = performance.now() - start > seconds(10) ? 1 : failures + 1;
        hasLink = false; // it may have to be opened anew
        await this.#reachability.restored();
        if (failures > 1) await this.#refused(failures, error);
      } finally {
        this.#waiting.delete(receiver);
      }
      if (signal.aborted) {
        // A message may still come for a receiver that no longer waits. Without a link none does.
        this.receivers.retire(receiver);
        ({ receiver, hasLink } = this.receivers.take());
      }
    }
    this.receivers.giveBack(receiver);
    return undefined;
  }

  #refused(failures: number, error: unknown): Promise<void> {
    this.#reachability.refused(error);
    return pause(backOff(failures), this.#stopping.signal);
  }

  /** Resolves when no more messages come. What `next` still answers was sent by the broker before it knew. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    // The link is detached before the wait for its message is given up: what the broker sent before it heard of that still
    // arrives. Given up first, the message would be nobody's until its peek-lock has run out.
    await Promise.all([...this.#waiting].map(detach));
    this.#waits.stop();
  }
}

/** The longest time of a timer. When the SDK ends the wait by itself, a message that comes at that moment can be lost. */
const forEver = 2 ** 31 - 1;
