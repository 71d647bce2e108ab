import type { Consumer } from '../consumer.ts';
import type { DueItem } from '../due-items.ts';
import { PriorityQueue } from '../priority-queue.ts';
import type { StoredMessage } from '../stored-message.ts';

/** Who has a session, or waits for one. */
export interface SessionConsumer extends Consumer {
  /** Whose it is. To act upon a session one has to be who its consumer belongs to. */
  readonly holder: object;
  /** The time of its session's lock is over. It gets no more messages. */
  onSessionLockLost(): void;
}

/** The messages of a queue that have the same session ID: who has them, in which order they come, what is noted about them. */
export class Session implements DueItem {
  readonly id: string;
  readonly sequenceNumber: number;
  /** When its lock ends, in milliseconds since the Unix epoch; `Infinity` if nobody has it. */
  dueAt = Number.POSITIVE_INFINITY;
  /** Who has its lock. */
  consumer: SessionConsumer | undefined = undefined;
  /** Whether its consumer has room for a message. */
  isWaiting = false;
  state: Buffer | undefined = undefined;
  /** When its state was last set, in milliseconds since the Unix epoch. */
  stateSetAt = Number.NEGATIVE_INFINITY;
  /** All of its messages, in the order of their sequence numbers: those that come later have greater ones. */
  readonly messages = new Set<StoredMessage>();
  readonly active = new PriorityQueue<StoredMessage>((a, b) => a.sequenceNumber - b.sequenceNumber);
  readonly locked = new Set<StoredMessage>();

  constructor(id: string, sequenceNumber: number) {
    this.id = id;
    this.sequenceNumber = sequenceNumber;
  }

  /** Whether somebody who waits for the next session can have it. */
  get isAvailable(): boolean {
    return this.consumer === undefined && this.active.size > 0;
  }

  get isForgotten(): boolean {
    return this.messages.size === 0 && this.consumer === undefined && this.state === undefined;
  }
}
