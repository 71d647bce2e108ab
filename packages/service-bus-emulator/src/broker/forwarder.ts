import type { Consumer } from './consumer.ts';
import type { Entity } from './entity.ts';
import type { Queue } from './queue.ts';
import type { DeadLetterCause, StoredMessage } from './stored-message.ts';

/** How often a message is forwarded. Source: Microsoft documentation "Chaining Service Bus entities with autoforwarding". */
const mostHops = 4;

/**
 * Hands on whatever comes to be active in a queue, or in its dead-letter queue. What cannot be handed on goes to the
 * queue's transfer dead-letter queue.
 */
export class Forwarder implements Consumer {
  readonly receiveMode = 'receiveAndDelete';
  readonly #from: Queue;
  readonly #owner: Queue;
  readonly #to: string;
  readonly #find: (path: string) => Entity | undefined;

  /** `from` is the owner or its dead-letter queue; `to` is looked up for each message. */
  constructor(from: Queue, owner: Queue, to: string, find: (path: string) => Entity | undefined) {
    this.#from = from;
    this.#owner = owner;
    this.#to = to;
    this.#find = find;
    from.wait(this);
  }

  stop(): void {
    this.#from.leave(this);
  }

  hasRoom(): boolean {
    return true;
  }

  deliver(message: StoredMessage): void {
    const hops = (message.route?.hops ?? 0) + 1;
    const to = this.#find(this.#to);
    if (hops > mostHops) this.#giveUp(message, tooManyHops);
    else if (to === undefined) this.#giveUp(message, isMissing(this.#to));
    else if (to.status === 'Disabled' || to.status === 'SendDisabled') this.#giveUp(message, isDisabled(this.#to));
    else {
      const deadLetterSource = this.#from === this.#owner ? message.route?.deadLetterSource : this.#owner.name;
      const { enqueueSequenceNumber, timeToLiveMs } = message;
      to.send(message.content, { enqueueSequenceNumber, timeToLiveMs, route: { hops, deadLetterSource } });
    }
  }

  #giveUp(message: StoredMessage, cause: DeadLetterCause): void {
    this.#owner.transferDeadLetterQueue?.bury(message, cause);
  }
}

const tooManyHops: DeadLetterCause = {
  reason: 'MaxTransferHopCountExceeded',
  description: `The maximum number of allowed hops when forwarding between entities is exceeded. It is ${mostHops}.`,
};

const isMissing = (path: string): DeadLetterCause => ({
  reason: 'MessagingEntityNotFound',
  description: `The messaging entity '${path}' could not be found.`,
});

const isDisabled = (path: string): DeadLetterCause => ({
  reason: 'MessagingEntityDisabled',
  description: `The messaging entity '${path}' is disabled, and takes no messages.`,
});
