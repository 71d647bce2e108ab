import type { Clock } from './clock.ts';
import type { Consumer } from './consumer.ts';
import type { MessageProperties } from './message-properties.ts';
import { type Origin, Queue } from './queue.ts';
import type { EntityStatus } from './queue-options.ts';
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

  /** Throws if two subscriptions have one name, or a rule is not valid. */
  constructor({ subscriptions = [], ...options }: TopicOptions, clock: Clock) {
    this.name = options.name;
    this.#clock = clock;
    this.#inbox = new Queue(options, clock);
    for (const each of subscriptions) this.subscribe(each);
    const publisher: Consumer = {
      receiveMode: 'receiveAndDelete',
      hasRoom: () => true,
      deliver: (message) => this.#publish(message),
    };
    this.#inbox.wait(publisher);
  }

  get options(): Omit<TopicOptions, 'subscriptions'> {
    return this.#inbox.options;
  }

  get status(): EntityStatus {
    return this.#inbox.status;
  }

  /** From now on. Whether it looks for duplicates does not change. */
  update(options: TopicOptions): void {
    this.#inbox.update(options);
  }

  get subscriptions(): readonly Subscription[] {
    return [...this.#subscriptions.values()];
  }

  /** Those that wait for their time. */
  get scheduled(): Iterable<StoredMessage> {
    return this.#inbox.peek(0);
  }

  /** Names are not case-sensitive. */
  subscription(name: string): Subscription | undefined {
    return this.#subscriptions.get(name.toLowerCase());
  }

  /** Throws if there is one of this name, or a rule is not valid. */
  subscribe(options: SubscriptionOptions): Subscription {
    if (this.subscription(options.name) !== undefined) {
      throw new Error(`There is a subscription ${options.name} to ${this.name} already`);
    }
    const subscription = new Subscription(this.name, options, this.#clock);
    this.#subscriptions.set(options.name.toLowerCase(), subscription);
    return subscription;
  }

  unsubscribe(subscription: Subscription): void {
    this.#subscriptions.delete(subscription.shortName.toLowerCase());
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
}
