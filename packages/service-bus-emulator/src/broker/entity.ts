import type { Queue } from './queue.ts';
import type { Topic } from './topic.ts';

/** What can be found under a path. A subscription and a dead-letter queue are queues to those who receive. */
export type Entity = Queue | Topic;
