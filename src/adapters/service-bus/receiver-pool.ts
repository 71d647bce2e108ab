import type { ServiceBusReceiver } from '@azure/service-bus';
import { seconds } from '../../domain/time.ts';
import { withTimeLimit } from './time-limit.ts';

/**
 * The receivers of one queue, each with an AMQP link and session of its own, and each for one unsettled message at a time.
 *
 * So none meets the faults that the SDK and its AMQP library have with several. Settlements with different outcomes in one
 * session and tick reach the broker with the outcome of the first. A session stalls 2,047 messages after one that stays
 * unsettled. And a message whose link was lost, and opened anew for the next message, can no longer be settled.
 */
export class ReceiverPool {
  readonly #create: () => ServiceBusReceiver;
  readonly #mostIdle: number;
  readonly #inUse = new Set<ServiceBusReceiver>();
  readonly #idle: ServiceBusReceiver[] = [];

  constructor(create: () => ServiceBusReceiver, mostIdle: number) {
    this.#create = create;
    this.#mostIdle = mostIdle;
  }

  /** A receiver, and whether it has received before, so that its link is attached already. */
  take(): { readonly receiver: ServiceBusReceiver; readonly hasLink: boolean } {
    const idle = this.#idle.pop();
    const receiver = idle ?? this.#create();
    this.#inUse.add(receiver);
    return { receiver, hasLink: idle !== undefined };
  }

  /** Takes back a receiver whose message is settled. */
  giveBack(receiver: ServiceBusReceiver): void {
    this.#inUse.delete(receiver);
    if (receiver.isClosed) return;
    if (this.#idle.length < this.#mostIdle) this.#idle.push(receiver);
    else void detach(receiver);
  }

  /**
   * Ends a receiver whose message stays unsettled. A peek-lock belongs to the message and not to the link: it can still be
   * renewed, and the message settled, by way of another receiver.
   */
  retire(receiver: ServiceBusReceiver): void {
    this.#inUse.delete(receiver);
    void detach(receiver);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#inUse, ...this.#idle].map(detach));
    this.#inUse.clear();
    this.#idle.length = 0;
  }
}

/** Resolves when the broker knows that no more messages are wanted; after a second at most, should it not answer. */
export const detach = (receiver: ServiceBusReceiver): Promise<void> =>
  withTimeLimit(receiver.close(), seconds(1)).catch(() => undefined);
