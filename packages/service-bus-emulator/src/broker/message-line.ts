import type { Consumer, ReceiveMode } from './consumer.ts';
import type { StoredMessage } from './stored-message.ts';

/** Makes a message that is active the one of a delivery: locks it, or deletes it. */
export type Take = (message: StoredMessage, mode: ReceiveMode) => void;

/** Where the messages of a queue wait for consumers: in one line, or in one for each session. */
export interface MessageLine {
  /** A message is in the queue from now on, whatever its state. */
  store(message: StoredMessage): void;
  /** A message is active, and not locked. */
  offer(message: StoredMessage): void;
  /** A message is gone from the queue. */
  remove(message: StoredMessage): void;
  /** Puts a consumer in the line, at the end if it was not in it. */
  join(consumer: Consumer): void;
  /** The consumer is gone. */
  leave(consumer: Consumer): void;
  /** Delivers until there is nothing left to deliver or nobody has room. */
  serve(take: Take): void;
}
