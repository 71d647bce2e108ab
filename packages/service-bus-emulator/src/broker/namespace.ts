import type { Clock } from './clock.ts';
import { Queue } from './queue.ts';
import type { QueueOptions } from './queue-options.ts';

/** The queues of one Service Bus namespace, by path. Paths are not case-sensitive. */
export class Namespace {
  readonly #queues = new Map<string, Queue>();

  constructor(queues: readonly QueueOptions[], clock: Clock) {
    for (const options of queues) {
      if (this.find(options.name) !== undefined) throw new Error(`The queue ${options.name} is declared twice`);
      this.#queues.set(options.name.toLowerCase(), new Queue(options, clock));
    }
  }

  /** The queue at `name` or, for `name/$DeadLetterQueue`, its dead-letter queue. */
  find(path: string): Queue | undefined {
    const [, name = '', isDeadLetter] = /^(.*?)(\/\$deadletterqueue)?$/.exec(path.toLowerCase()) ?? [];
    const queue = this.#queues.get(name);
    return isDeadLetter === undefined ? queue : queue?.deadLetterQueue;
  }

  close(): void {
    for (const queue of this.#queues.values()) queue.close();
  }
}
