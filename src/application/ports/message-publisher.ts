import type { Message } from '../../domain/message.ts';
import type { TraceContext } from '../../domain/trace-context.ts';

export type PublishResult =
  /** The queue has it. */
  | { readonly kind: 'published' }
  /** The queue takes no message of this size. */
  | { readonly kind: 'too-large' }
  /** The queue may have it or not. Sent again under the same ID, its work is still done once. */
  | { readonly kind: 'unknown'; readonly cause: unknown };

/** Puts messages on the queue. */
export interface MessagePublisher {
  /** Answers `published` only once the queue has confirmed the message. `hop` is the span that sends it, for whoever receives it. */
  publish(message: Message, hop?: TraceContext): Promise<PublishResult>;
}
