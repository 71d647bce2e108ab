import type { EntityStatus, QueueOptions } from './queue-options.ts';
import type { RuleOptions } from './rules/rule.ts';

export interface TopicOptions {
  readonly name: string;
  /** For how many milliseconds a message ID is refused a second time; default: duplicates are not looked for. */
  readonly duplicateDetectionWindowMs?: number;
  /** The longest time to live of a message, in milliseconds; default: forever. */
  readonly defaultTimeToLiveMs?: number;
  /** Whether clients may send; default Active. */
  readonly status?: EntityStatus;
  /** The largest transfer that it takes, in bytes: a message with all its properties, or a batch; default 262,144. */
  readonly maxMessageBytes?: number;
  readonly subscriptions?: readonly SubscriptionOptions[];
}

/** What a queue has, except that duplicates are the topic's to detect. */
export interface SubscriptionOptions extends Omit<QueueOptions, 'duplicateDetectionWindowMs' | 'maxMessageBytes'> {
  /** Which messages it gets; default: one rule, `$Default`, that takes all. */
  readonly rules?: readonly RuleOptions[];
  /** Whether a message that a rule cannot judge is dead-lettered rather than left out; default true. */
  readonly deadLetterOnFilterError?: boolean;
}
