import type { Queue } from '../broker/queue.ts';

/** How many messages there are in a queue or subscription. */
export interface Counts {
  /** Locked and deferred ones too. */
  readonly active: number;
  readonly scheduled: number;
  readonly deadLettered: number;
  readonly transferDeadLettered: number;
  readonly total: number;
  readonly bytes: number;
}

export function countsOf(queue: Queue): Counts {
  const messages = [...queue.peek(0)];
  const scheduled = messages.filter(({ state }) => state === 'scheduled').length;
  const dead = [...(queue.deadLetterQueue?.peek(0) ?? [])];
  const transfer = [...(queue.transferDeadLetterQueue?.peek(0) ?? [])];
  const all = [...messages, ...dead, ...transfer];
  return {
    active: messages.length - scheduled,
    scheduled,
    deadLettered: dead.length,
    transferDeadLettered: transfer.length,
    total: all.length,
    bytes: all.reduce((sum, { content }) => sum + content.size, 0),
  };
}
