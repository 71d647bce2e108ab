export interface QueueOptions {
  readonly name: string;
  /** How long a delivery is locked, in milliseconds; default 60,000. */
  readonly lockDurationMs?: number;
  /** The delivery that fails as the `maxDeliveryCount`-th dead-letters the message; default 10. */
  readonly maxDeliveryCount?: number;
  /** For how many milliseconds a message ID is refused a second time; default: duplicates are not looked for. */
  readonly duplicateDetectionWindowMs?: number;
  /** The longest time to live of a message, in milliseconds; default: forever. */
  readonly defaultTimeToLiveMs?: number;
  /** Whether an expired message is dead-lettered rather than dropped; default false. */
  readonly deadLetterOnExpiration?: boolean;
  /** Whether each message belongs to a session, and is received with it; default false. */
  readonly requiresSession?: boolean;
  /** The queue or topic that gets every message of this one. Nobody can receive from it then. */
  readonly forwardTo?: string;
  /** The queue or topic that gets every message of the dead-letter queue. */
  readonly forwardDeadLettersTo?: string;
  /** Whether clients may send and receive; default Active. */
  readonly status?: EntityStatus;
  /** The largest transfer that it takes, in bytes: a message with all its properties, or a batch; default 262,144. */
  readonly maxMessageBytes?: number;
}

export type EntityStatus = 'Active' | 'Disabled' | 'SendDisabled' | 'ReceiveDisabled';
