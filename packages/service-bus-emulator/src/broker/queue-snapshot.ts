import type { StoredMessage } from './stored-message.ts';

/** One message as it is now, for tests and audits. Times in milliseconds since the Unix epoch. */
export interface MessageSummary {
  readonly messageId: string;
  readonly sequenceNumber: number;
  readonly deliveryCount: number;
  readonly enqueuedTime: number;
  readonly lockedUntil: number | undefined;
  readonly deadLetterReason: string | undefined;
  readonly deadLetterErrorDescription: string | undefined;
}

/** Where every message of a queue is, each list in the order of the sequence numbers. A locked message is in `locked` only. */
export interface QueueSnapshot {
  readonly active: readonly MessageSummary[];
  readonly locked: readonly MessageSummary[];
  readonly deferred: readonly MessageSummary[];
  readonly scheduled: readonly MessageSummary[];
  /** The queue's dead-letter queue, locked ones included. */
  readonly deadLettered: readonly MessageSummary[];
}

export function snapshotOf(messages: Iterable<StoredMessage>, deadLettered: Iterable<StoredMessage>): QueueSnapshot {
  const byPlace = Object.groupBy(messages, ({ lock, state }) => (lock === undefined ? state : 'locked'));
  return {
    active: (byPlace.active ?? []).map(summaryOf),
    locked: (byPlace.locked ?? []).map(summaryOf),
    deferred: (byPlace.deferred ?? []).map(summaryOf),
    scheduled: (byPlace.scheduled ?? []).map(summaryOf),
    deadLettered: Array.from(deadLettered, summaryOf),
  };
}

const summaryOf = (message: StoredMessage): MessageSummary => ({
  messageId: message.content.messageId,
  sequenceNumber: message.sequenceNumber,
  deliveryCount: message.deliveryCount,
  enqueuedTime: message.enqueuedTime,
  lockedUntil: message.lock?.until,
  deadLetterReason: message.deadLetterCause?.reason,
  deadLetterErrorDescription: message.deadLetterCause?.description,
});
