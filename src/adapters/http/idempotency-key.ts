import { parseItem } from 'structured-headers';
import { isMessageId, type MessageId, parseMessageId } from '../../domain/message-id.ts';

export type HeaderProblem = { readonly problem: string };

/**
 * The message ID in an `Idempotency-Key` header: a Structured Field string, or the bare key that many clients send.
 *
 * Source: IETF draft-ietf-httpapi-idempotency-key-header, section 2.1; RFC 9651, section 3.3.3.
 */
export function messageIdFromHeader(value: string): MessageId | HeaderProblem {
  const key = value.startsWith('"') ? quotedKey(value) : bareKey(value);
  if (key === undefined) {
    return {
      problem: 'Idempotency-Key must be a Structured Field string, like "order-1", or a bare key without spaces.',
    };
  }
  const id = parseMessageId(key);
  return isMessageId(id) ? id : { problem: `The message ID in Idempotency-Key ${id.problem}` };
}

function quotedKey(value: string): string | undefined {
  try {
    const [key] = parseItem(value);
    return typeof key === 'string' ? key : undefined;
  } catch {
    return undefined;
  }
}

/** Visible ASCII without what separates values or quotes them: a repeated header arrives as one value with a comma. */
const bareKey = (value: string): string | undefined =>
  /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x7e]+$/.test(value) ? value : undefined;
