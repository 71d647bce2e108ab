/** A queue message as a host hands it over, before anything of it is trusted. */
export interface ReceivedMessage {
  /** The bytes of the body; or, where a host has converted them, the JSON value or text that it made of them. */
  readonly body: unknown;
  /** What the broker calls the message's ID, of whatever type the host gives it. */
  readonly messageId: unknown;
  readonly contentType: string | undefined;
  /** Which delivery this is, from 1; undefined if the host cannot tell. */
  readonly deliveryCount: number | undefined;
  readonly sequenceNumber: string;
  /** RFC 3339, as the broker gives it. */
  readonly enqueuedTime: string;
  /** When the broker lets the message expire, in milliseconds since the epoch; undefined for never. */
  readonly expiresAt: number | undefined;
}

/**
 * When a message expires whose broker names `time`: one without a time to live bears the last day that .NET can name, or a
 * later one.
 */
export function expiryFrom(time: Date | undefined): number | undefined {
  const at = time?.getTime();
  return at !== undefined && at < Date.UTC(9999, 11, 31) ? at : undefined;
}
