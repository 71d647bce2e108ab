import type { QueueOptions } from './queue-options.ts';

/** What there is in the namespace. */
export interface EntityOptions {
  readonly queues?: readonly QueueOptions[];
}
