/** The name of a piece of work, kept across retries: the idempotency key, and what its lock is named after. */
export type MessageId = string & { readonly kind: 'MessageId' };

/** The longest message ID in UTF-16 units. Source: Microsoft, "Azure Service Bus quotas and limits", message ID. */
export const longestMessageId = 128;

/** Why a value is not a message ID, as the end of a sentence that starts with "The message ID". */
export type MessageIdProblem = { readonly problem: string };

/** `value` as a message ID, or what is wrong with it. Nothing is trimmed, folded or converted: two texts are two IDs. */
export function parseMessageId(value: unknown): MessageId | MessageIdProblem {
  if (typeof value !== 'string')
    return { problem: `must be a string, but is ${value === null ? 'null' : typeof value}.` };
  if (value.length === 0) return { problem: 'must not be empty.' };
  if (value.length > longestMessageId) {
    return { problem: `must be at most ${longestMessageId} UTF-16 units long, but has ${value.length}.` };
  }
  if (!value.isWellFormed()) return { problem: 'must be well-formed Unicode, but has a lone surrogate.' };
  return value as MessageId;
}

export const isMessageId = (parsed: MessageId | MessageIdProblem): parsed is MessageId => typeof parsed === 'string';
