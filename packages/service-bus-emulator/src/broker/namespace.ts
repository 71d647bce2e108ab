import type { Clock } from './clock.ts';
import type { EntityOptions } from './entity-options.ts';
import { Queue } from './queue.ts';
import { Subscription } from './subscription.ts';
import { Topic } from './topic.ts';

/** What can be found under a path. A subscription and a dead-letter queue are queues to those who receive. */
export type Entity = Queue | Topic;

/** Whether clients may send to it. */
export const takesMessages = (entity: Entity): boolean =>
  entity instanceof Topic || (entity.deadLetterQueue !== undefined && !(entity instanceof Subscription));

const deadLetterQueue = /\/\$deadletterqueue$/;
const subscription = /^(.+)\/subscriptions\/([^/]+)$/;

/** The queues and topics of one Service Bus namespace, by path. Paths are not case-sensitive. */
export class Namespace {
  readonly #entities = new Map<string, Entity>();

  constructor({ queues = [], topics = [] }: EntityOptions, clock: Clock) {
    for (const options of queues) this.#add(new Queue(options, clock));
    for (const options of topics) this.#add(new Topic(options, clock));
  }

  /**
   * The queue or topic `name`, the subscription `topic/Subscriptions/name`, or the dead-letter queue that follows the path
   * of a queue or a subscription as `/$DeadLetterQueue`.
   */
  find(path: string): Entity | undefined {
    const lower = path.toLowerCase();
    const owner = lower.replace(deadLetterQueue, '');
    const [, topicName = '', name = ''] = subscription.exec(owner) ?? [];
    const topic = this.#entities.get(topicName);
    const entity = topic instanceof Topic ? topic.subscription(name) : this.#entities.get(owner);
    if (owner === lower) return entity;
    return entity instanceof Queue ? entity.deadLetterQueue : undefined;
  }

  close(): void {
    for (const entity of this.#entities.values()) entity.close();
  }

  #add(entity: Entity): void {
    if (this.find(entity.name) !== undefined) throw new Error(`There is a queue or topic ${entity.name} already`);
    this.#entities.set(entity.name.toLowerCase(), entity);
  }
}
