import type { SentProperties } from '../../domain/message.ts';
import type { ReceivedMessage } from '../ports/received-message.ts';

/** A dead letter as its queue keeps it. */
export interface DeadLetterMessage {
  /** Its properties are those that its sender gave it: why it was dead-lettered is told here alone. */
  readonly received: ReceivedMessage;
  readonly reason: string | undefined;
  readonly description: string | undefined;
  /** The session that it belongs to. */
  readonly sessionId: string | undefined;
  /** Why it cannot be sent again as it was; undefined if it can. */
  readonly notRepeatable: string | undefined;
}

/** Who puts messages back, and why: that goes along with each. */
export interface Stamp {
  readonly who: string;
  readonly reason: string;
}

/** The dead letters of one queue or subscription. */
export interface DeadLetters {
  /**
   * All of them in their order, a page at a time, without taking any: also those that somebody has locked.
   *
   * @throws Error (by the iteration) in words if they cannot be read.
   */
  pages(): AsyncIterable<readonly DeadLetterMessage[]>;
  /** Starts to take them, from the first one on. */
  take(stamp: Stamp): Promise<DeadLetterPass>;
}

/**
 * One pass through the dead letters. What it has received stays its own until it is removed or the pass ends; should the
 * process die, all that was not removed is there again when its peek-lock has run out.
 */
export interface DeadLetterPass {
  /** The next ones; none if there are no more. */
  receive(most: number): Promise<readonly DeadLetterMessage[]>;
  /** Whether it is a copy that this very pass sent, and that was dead-lettered since. */
  isOwnCopy(letter: DeadLetterMessage): boolean;
  /**
   * Sends a copy of each to where it came from. Resolves once the queue has confirmed them all.
   *
   * @throws Error if it did not: some copies may be there all the same.
   */
  resend(letters: readonly DeadLetterMessage[]): Promise<void>;
  /** Those of whom a copy of this pass is, or was since the last look, on the queue. */
  seen(letters: readonly DeadLetterMessage[]): Promise<ReadonlySet<DeadLetterMessage>>;
  /** Removes them for good, and answers with those of whom nobody knows: their peek-lock was lost, or there was no answer. */
  remove(letters: readonly DeadLetterMessage[]): Promise<readonly DeadLetterMessage[]>;
  /** Gives back all that was not removed, to be received by the next pass at once. */
  end(): Promise<void>;
}

/** A message as it was exported. */
export interface ExportedMessage extends Omit<SentProperties, 'properties'> {
  readonly messageId: string;
  readonly contentType?: string;
  readonly applicationProperties: Readonly<Record<string, string | number | boolean | null>>;
  readonly body: Uint8Array;
  /** Its sequence number when it was exported. */
  readonly sequenceNumber?: string;
}

/** The messages of the queue itself: what is still there, and what is brought back to it. */
export interface QueuedMessages {
  /** All of them, whatever their state, a page at a time, without taking any. */
  pages(): AsyncIterable<readonly ReceivedMessage[]>;
  /**
   * Sends them, each under its own ID. Resolves once the queue has confirmed them all.
   *
   * @throws Error if it did not: some may be there all the same.
   */
  send(messages: readonly ExportedMessage[], stamp: Stamp): Promise<void>;
}
