import type { Clock } from './clock.ts';
import type { Consumer } from './consumer.ts';
import type { MessageProperties } from './message-properties.ts';
import { type Origin, Queue } from './queue.ts';
import type { MessageContent, StoredMessage } from './stored-message.ts';
import { Subscription } from './subscription.ts';
import type { SubscriptionOptions, TopicOptions } from './topic-options.ts';

/** A Service Bus topic: hands each message that is sent to it on to those of its subscriptions that want it. */
export class Topic {
  readonly name: string;
  /** Where messages wait for their time, and duplicates end. What becomes active is at once handed on. */
  readonly #inbox: Queue;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #clock: Clock;

  constructor({ subscriptions = [], ...options }: TopicOptions, clock: Clock) {
    this.name = options.name;
    this.#clock = clock;
    this.#inbox = new Queue(options, clock);
    for (const each of subscriptions) this.#subscribe(each);
    const publisher: Consumer = {
      receiveMode: 'receiveAndDelete',
      hasRoom: () => true,
      deliver: (message) => this.#publish(message),
    };
    this.#inbox.wait(publisher);
  }

  get subscriptions(): Iterable<Subscription> {
    return this.#subscriptions.values();
  }

  /** Names are not case-sensitive. */
  subscription(name: string): Subscription | undefined {
    return this.#subscriptions.get(name.toLowerCase());
  }

  /** Takes a message and returns its sequence number in the topic. A duplicate gets a number too, and goes nowhere. */
  send(content: MessageContent, origin?: Origin): number {
    return this.#inbox.send(content, origin);
  }

  /** Takes back scheduled messages: all, or none if one of the numbers is not a scheduled message's. */
  cancelScheduled(sequenceNumbers: readonly number[]): 'cancelled' | 'not-found' {
    return this.#inbox.cancelScheduled(sequenceNumbers);
  }

  /** Stops the timers. The topic is of no use afterwards. */
  close(): void {
    this.#inbox.close();
    for (const subscription of this.#subscriptions.values()) subscription.close();
  }

  #publish(message: StoredMessage): void {
    let read: MessageProperties | undefined; // once for all, and not at all if no rule looks
    const properties = () => (read ??= message.content.readProperties());
    for (const subscription of this.#subscriptions.values()) subscription.offer(message, properties);
  }

  #subscribe(options: SubscriptionOptions): void {
    const key = options.name.toLowerCase();
    const name = `${this.name}/Subscriptions/${options.name}`;
    if (this.#subscriptions.has(key)) throw new Error(`The subscription ${name} is declared twice`);
    this.#subscriptions.set(key, new Subscription({ ...options, name }, this.#clock));
  }
}
