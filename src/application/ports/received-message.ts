import type { SentProperties } from '../../domain/message.ts';
import type { MessageIdProblem } from '../../domain/message-id.ts';

/** A queue message as a host hands it over, before anything of it is trusted. */
export interface ReceivedMessage {
  /** The bytes of the body; or, where a host has converted them, the JSON value or text that it made of them. */
  readonly body: unknown;
  /** The exact text of the broker's message ID; why this host cannot know it; undefined if there is none. */
  readonly messageId: string | MessageIdProblem | undefined;
  readonly contentType: string | undefined;
  /** The sender's own properties, by their exact names. */
  readonly applicationProperties: Readonly<Record<string, unknown>>;
  /** What else the sender set, as far as it is text. */
  readonly sent?: Omit<SentProperties, 'properties'>;
  /** Which delivery this is, from 1; undefined if the host cannot tell. */
  readonly deliveryCount: number | undefined;
  readonly sequenceNumber: string;
  /** RFC 3339, as the broker gives it. */
  readonly enqueuedTime: string;
  /** When the broker lets the message expire, in milliseconds since the epoch; undefined for never. */
  readonly expiresAt: number | undefined;
}

/**
 * When a message expires, by the `time` that the broker gives; undefined for never. A message without a time to live is given
 * the last day that .NET can name, or a later one.
 */
export function expiryFrom(time: Date | undefined): number | undefined {
  const at = time?.getTime();
  return at !== undefined && at < Date.UTC(9999, 11, 31) ? at : undefined;
}
