import type { Fingerprint } from './fingerprint.ts';
import type { MessageId } from './message-id.ts';
import type { PhysicalMessage } from './physical-message.ts';
import type { WorkKey } from './work-key.ts';

/** What a message carries: a JSON value, or anything else byte for byte. */
export type Content =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'binary'; readonly bytes: Uint8Array };

/** A piece of work to be done once. Its fields are the attributes of a CloudEvents 1.0 event. */
export interface Message {
  readonly id: MessageId;
  /** Where the message comes from, a URI reference. */
  readonly source: string;
  /** What kind of message this is. */
  readonly type: string;
  /** When it was submitted, RFC 3339. */
  readonly time?: string;
  /** The media type of the content. */
  readonly contentType?: string;
  readonly content: Content;
  /** W3C trace context of the submission, which stays the same however often the message is sent on. */
  readonly traceparent?: string;
  readonly tracestate?: string;
  /** Its other context attributes, as an event came with them: `subject`, `dataschema`, extensions. */
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
}

/** A value that a sender can set as a property of a message, as far as its host can show it. */
export type PropertyValue = string | number | boolean | bigint | Date | Uint8Array | null;

/** What the sender set on the broker's message, besides its content. What it did not set, or the host does not show, is absent. */
export interface SentProperties {
  /** The sender's own (application) properties, by their exact names. */
  readonly properties: Readonly<Record<string, PropertyValue>>;
  /** The Service Bus subject, once called label. That of a CloudEvent is one of its `attributes`. */
  readonly subject?: string;
  readonly correlationId?: string;
  readonly replyTo?: string;
  readonly to?: string;
  readonly sessionId?: string;
  readonly partitionKey?: string;
}

/** A message as a handler gets it: with what its sender and the broker say of it. */
export interface DeliveredMessage extends Message, SentProperties {
  /** Which delivery of it this is, from 1. */
  readonly deliveryCount?: number;
  /** The number that the broker gave it, in digits: it has 64 bits. */
  readonly sequenceNumber?: string;
  /** When the broker got it, RFC 3339. */
  readonly enqueuedAt?: string;
}

/** One hand-over of a message by the broker. */
export interface Delivery {
  /** What the message's work is known by. */
  readonly key: WorkKey;
  readonly message: DeliveredMessage;
  readonly fingerprint: Fingerprint;
  /** Which delivery of the physical message this is, from 1. Undefined if the host cannot tell. */
  readonly deliveryCount: number | undefined;
  readonly physical: PhysicalMessage;
  /** When the broker lets the message expire, in milliseconds since the epoch on the broker's clock. */
  readonly expiresAt: number | undefined;
}
