import type { MessageProperties } from './message-properties.ts';

/** Application properties to set on a message; a name that it already has is overwritten. */
export type ApplicationProperties = Readonly<Record<string, unknown>>;

/** What a sender wrote. A queue looks only at what is named here and hands on the rest as it came. */
export interface MessageContent {
  readonly messageId: string;
  /** The session it belongs to, if its queue has sessions. */
  readonly sessionId: string | undefined;
  /** Milliseconds from the moment the message is enqueued; `undefined`: forever. */
  readonly timeToLiveMs: number | undefined;
  /** Milliseconds since the Unix epoch; `undefined`: at once. */
  readonly scheduledEnqueueTime: number | undefined;
  /** In bytes, without what the broker adds. */
  readonly size: number;
  /** What rules look at, read from what the sender wrote. Reading it costs more than the rest: once for all copies. */
  readProperties(): MessageProperties;
  /** A copy with these properties in the place of its own. A message without an ID keeps the one it has. */
  withProperties(properties: MessageProperties): MessageContent;
  /** A copy with these properties set. */
  withApplicationProperties(properties: ApplicationProperties): MessageContent;
  /** The bytes a receiver gets: what the sender wrote, and what the broker adds. */
  encode(broker: BrokerProperties, options?: EncodeOptions): Buffer;
}

export interface EncodeOptions {
  /**
   * Whether the lock token is in the message itself, as in one that is received by its sequence number: there is no
   * delivery whose tag could be it, and there are clients that look nowhere else.
   */
  readonly isLockTokenShown?: boolean;
}

/** What a broker adds to a message. Times in milliseconds since the Unix epoch. */
export interface BrokerProperties {
  readonly sequenceNumber: number;
  /** The number it was given when it was first sent. */
  readonly enqueueSequenceNumber: number;
  /** When it became available. */
  readonly enqueuedTime: number;
  /** Earlier deliveries that did not complete it. */
  readonly deliveryCount: number;
  readonly state: MessageState;
  readonly lock: Lock | undefined;
  /** The shorter of the sender's and the queue's. */
  readonly timeToLiveMs: number | undefined;
  /** `undefined` if no entity has forwarded it. */
  readonly route: Route | undefined;
}

/** How a message has come through other entities. */
export interface Route {
  /** How often it was forwarded. */
  readonly hops: number;
  /** The entity in which it was dead-lettered before it was forwarded. */
  readonly deadLetterSource: string | undefined;
}

export type MessageState = 'active' | 'deferred' | 'scheduled';

/** One delivery's claim to a message, until a moment in milliseconds since the Unix epoch. */
export interface Lock {
  /** A UUID, new for every delivery. */
  readonly token: string;
  readonly until: number;
}

/** Why a message is in a dead-letter queue. */
export interface DeadLetterCause {
  readonly reason: string | undefined;
  readonly description: string | undefined;
}

/** A message in a queue. Only the queue changes it. */
export class StoredMessage implements BrokerProperties {
  content: MessageContent;
  sequenceNumber: number;
  readonly enqueueSequenceNumber: number;
  enqueuedTime: number;
  deliveryCount = 0;
  state: MessageState = 'active';
  lock: Lock | undefined = undefined;
  timeToLiveMs: number | undefined = undefined;
  route: Route | undefined = undefined;
  deadLetterCause: DeadLetterCause | undefined = undefined;
  /** As it was last computed. */
  dueAt = Number.POSITIVE_INFINITY;

  constructor(content: MessageContent, sequenceNumber: number, enqueueSequenceNumber: number, enqueuedTime: number) {
    this.content = content;
    this.sequenceNumber = sequenceNumber;
    this.enqueueSequenceNumber = enqueueSequenceNumber;
    this.enqueuedTime = enqueuedTime;
  }

  get isDeadLettered(): boolean {
    return this.deadLetterCause !== undefined;
  }

  encode(options?: EncodeOptions): Buffer {
    return this.content.encode(this, options);
  }
}
