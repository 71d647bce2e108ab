import type { DueItem } from '../due-items.ts';
import type { Session, SessionConsumer } from './session.ts';

/** One who waits for the next session. */
export class SessionWaiter implements DueItem {
  readonly consumer: SessionConsumer;
  /** Gets the session, or `undefined` if there was none in time. */
  readonly onEnd: (session: Session | undefined) => void;
  readonly sequenceNumber: number;
  /** When it has waited long enough, in milliseconds since the Unix epoch. */
  dueAt = Number.POSITIVE_INFINITY;

  constructor(consumer: SessionConsumer, onEnd: (session: Session | undefined) => void, sequenceNumber: number) {
    this.consumer = consumer;
    this.onEnd = onEnd;
    this.sequenceNumber = sequenceNumber;
  }
}
