import { escapeId } from './escaped-id.ts';
import type { MessageId } from './message-id.ts';

/**
 * What tells one message from every other one of its consumer. A plain message, and one that was submitted to this app, has
 * its message ID alone; an event of another producer has its `source` besides, since only the two together are unique.
 *
 * Source: CloudEvents 1.0.2, "Context Attributes", id.
 */
export interface MessageIdentity {
  readonly id: MessageId;
  /** The CloudEvents `source` of another producer's event. */
  readonly source?: string | undefined;
}

/**
 * What a message's work is known by. Everything that is named after a message is named by this: its lock, its steps'
 * idempotency keys, what is stored for it. Equal keys are one piece of work, and different ones never share a name.
 */
export interface WorkKey extends MessageIdentity {
  /** Consumers that must not share locks have a scope each. */
  readonly scope: string;
}

/** Whose keys they are: a consumer of one queue. */
export interface Consumer {
  readonly scope: string;
  /** The source of the events that are submitted to this app. Their message IDs are those of plain messages. */
  readonly ownSource: string;
}

/** The key of a message of this consumer. An event of its own source is known by its ID alone, as a plain message is. */
export const workKey = ({ scope, ownSource }: Consumer, { id, source }: MessageIdentity): WorkKey => ({
  scope,
  id,
  ...(source !== undefined && source !== ownSource && { source }),
});

/** The longest source in UTF-16 units: it goes into names, a lock's record and a URL. */
export const longestSource = 1024;

/** `value` as the source of an event, or what is wrong with it. Nothing is trimmed, folded or resolved. */
export function parseSource(value: unknown): string | { readonly problem: string } {
  if (typeof value !== 'string' || value.length === 0) return { problem: 'must be a text that is not empty.' };
  if (value.length > longestSource) {
    return { problem: `must be at most ${longestSource} UTF-16 units long, but has ${value.length}.` };
  }
  if (!value.isWellFormed()) return { problem: 'must be well-formed Unicode, but has a lone surrogate.' };
  return value;
}

/** For people: the message ID, and whose it is if the ID alone does not say it. */
export const identityText = ({ id, source }: MessageIdentity): string =>
  source === undefined ? id : `${id} of source ${source}`;

/**
 * A message's name within its scope: the escaped ID, or `<escaped source>~~<escaped ID>`. `~~` starts no escape, so the two
 * parts can be told apart, and no ID alone has such a name. Of any length.
 */
export const workName = ({ id, source }: MessageIdentity): string =>
  source === undefined ? escapeId(id) : `${escapeId(source)}~~${escapeId(id)}`;
