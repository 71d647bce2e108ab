import type { Clock } from './clock.ts';
import type { Entity } from './entity.ts';
import type { EntityOptions } from './entity-options.ts';
import { Forwarder } from './forwarder.ts';
import { Queue } from './queue.ts';
import type { QueueOptions } from './queue-options.ts';
import { Subscription } from './subscription.ts';
import { Topic } from './topic.ts';
import type { SubscriptionOptions, TopicOptions } from './topic-options.ts';

/** Whether clients may send to it. */
export const takesMessages = (entity: Entity): boolean =>
  entity instanceof Topic || (entity.deadLetterQueue !== undefined && !(entity instanceof Subscription));

/** Something is to be forwarded that cannot be, or to what is not there. */
export class ForwardingError extends Error {
  override readonly name = 'ForwardingError';
}

const deadLetterQueue = /(\/\$transfer)?\/\$deadletterqueue$/;
const subscription = /^(.+)\/subscriptions\/([^/]+)$/;

/** The queues and topics of one Service Bus namespace, by path. Paths are not case-sensitive. */
export class Namespace {
  readonly #entities = new Map<string, Queue | Topic>();
  readonly #forwarders = new Map<Queue, readonly Forwarder[]>();
  readonly #clock: Clock;

  /** Throws if two have one name, a rule is not valid, or something is to be forwarded to what is not there. */
  constructor({ queues = [], topics = [] }: EntityOptions, clock: Clock) {
    this.#clock = clock;
    for (const options of queues) this.#add(new Queue(options, clock));
    for (const options of topics) this.#add(new Topic(options, clock));
    for (const entity of this.#entities.values()) {
      for (const queue of entity instanceof Topic ? entity.subscriptions : [entity]) this.#forward(queue);
    }
  }

  get queues(): readonly Queue[] {
    return [...this.#entities.values()].filter((entity) => entity instanceof Queue);
  }

  get topics(): readonly Topic[] {
    return [...this.#entities.values()].filter((entity) => entity instanceof Topic);
  }

  /**
   * The queue or topic `name`, the subscription `topic/Subscriptions/name`, or what follows the path of a queue or a
   * subscription: `/$DeadLetterQueue`, and `/$Transfer/$DeadLetterQueue` for what could not be forwarded.
   */
  readonly find = (path: string): Entity | undefined => {
    const lower = path.toLowerCase();
    const owner = lower.replace(deadLetterQueue, '');
    const [, topicName = '', name = ''] = subscription.exec(owner) ?? [];
    const topic = this.#entities.get(topicName);
    const entity = topic instanceof Topic ? topic.subscription(name) : this.#entities.get(owner);
    if (owner === lower) return entity;
    if (!(entity instanceof Queue)) return undefined;
    return lower.includes('/$transfer/') ? entity.transferDeadLetterQueue : entity.deadLetterQueue;
  };

  /** Throws as the constructor does. */
  createQueue(options: QueueOptions): Queue {
    this.#checkForwarding(options);
    const queue = new Queue(options, this.#clock);
    this.#add(queue);
    this.#forward(queue);
    return queue;
  }

  /** Throws as the constructor does. */
  createTopic(options: TopicOptions): Topic {
    const topic = new Topic(options, this.#clock);
    this.#add(topic);
    return topic;
  }

  /** Throws as the constructor does. */
  createSubscription(topic: Topic, options: SubscriptionOptions): Subscription {
    this.#checkForwarding(options);
    const subscription = topic.subscribe(options);
    this.#forward(subscription);
    return subscription;
  }

  /** Throws if the options forward to what is not there. */
  update(queue: Queue, options: QueueOptions): void {
    this.#checkForwarding(options);
    queue.update(options);
    this.#forward(queue);
  }

  /** With all that is in it. */
  delete(entity: Entity): void {
    for (const queue of entity instanceof Topic ? entity.subscriptions : [entity]) this.#stopForwarding(queue);
    const topic = entity instanceof Subscription ? this.find(entity.topicName) : undefined;
    if (entity instanceof Subscription && topic instanceof Topic) topic.unsubscribe(entity);
    else this.#entities.delete(entity.name.toLowerCase());
    entity.close();
  }

  close(): void {
    for (const entity of this.#entities.values()) entity.close();
  }

  #add(entity: Queue | Topic): void {
    if (this.find(entity.name) !== undefined) throw new Error(`There is a queue or topic ${entity.name} already`);
    this.#entities.set(entity.name.toLowerCase(), entity);
  }

  #checkForwarding({ name, forwardTo, forwardDeadLettersTo, requiresSession }: QueueOptions): void {
    if (forwardTo !== undefined && requiresSession === true) {
      throw new ForwardingError(`${name} has sessions, and what has sessions cannot be forwarded`);
    }
    for (const path of [forwardTo, forwardDeadLettersTo]) {
      const target = path === undefined ? undefined : this.find(path);
      if (path === undefined || (target !== undefined && takesMessages(target))) continue;
      throw new ForwardingError(`There is no queue or topic ${path} that ${name} could forward to`);
    }
  }

  #forward(queue: Queue): void {
    this.#stopForwarding(queue);
    this.#checkForwarding(queue.options);
    const { forwardTo, forwardDeadLettersTo } = queue.options;
    const dead = queue.deadLetterQueue ?? queue;
    this.#forwarders.set(queue, [
      ...(forwardTo === undefined ? [] : [new Forwarder(queue, queue, forwardTo, this.find)]),
      ...(forwardDeadLettersTo === undefined ? [] : [new Forwarder(dead, queue, forwardDeadLettersTo, this.find)]),
    ]);
  }

  #stopForwarding(queue: Queue): void {
    for (const forwarder of this.#forwarders.get(queue) ?? []) forwarder.stop();
    this.#forwarders.delete(queue);
  }
}
