import type { FencingToken } from '../../domain/fencing-token.ts';
import type { Message } from '../../domain/message.ts';
import type { OwnerId } from '../../domain/owner.ts';

/** What the work may know of the execution it runs in. */
export interface HandlerContext {
  /** Which attempt at this message this is, from 1. */
  readonly attempt: number;
  readonly owner: OwnerId;
  /** Grows with every attempt: hand it to whatever can refuse an older one. */
  readonly fencingToken: FencingToken;
}

/**
 * The work of a message, supplied by whoever adopts this. What it returns must be JSON, and is kept in the lock as the
 * message's result. If it throws, the lock is released and the broker delivers the message again.
 */
export type MessageHandler = (message: Message, context: HandlerContext) => Promise<unknown>;
