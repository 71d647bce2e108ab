import type { QueueOptions } from './queue-options.ts';
import type { TopicOptions } from './topic-options.ts';

/** What there is in the namespace. */
export interface EntityOptions {
  readonly queues?: readonly QueueOptions[];
  readonly topics?: readonly TopicOptions[];
}
