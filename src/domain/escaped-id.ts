import { isMessageId, type MessageId, parseMessageId } from './message-id.ts';

/**
 * A message ID in the alphabet `A-Z a-z 0-9 _ - . ~`: characters that a URL and a blob name leave as they are.
 *
 * Letters, digits, `_`, `-` and a single dot between two of the other characters stand for themselves. Every other character is written
 * as its UTF-8 bytes, each a `~` and two upper-case hexadecimal digits. So no two IDs share a form, and none of them is a
 * path segment with a meaning of its own (`.`, `..`, a slash).
 *
 * Source of the alphabet: RFC 3986, section 2.3, unreserved characters.
 */
export type EscapedId = string & { readonly kind: 'EscapedId' };

export function escapeId(id: string): EscapedId {
  return id.replace(outerOrDoubledDotOrUnsafe, bytesOf) as EscapedId;
}

/** The message ID whose escaped form is `text`; undefined if there is none. */
export function unescapeId(text: string): MessageId | undefined {
  const id = parseMessageId(unescapeText(text));
  return isMessageId(id) ? id : undefined;
}

/** The text, of any length, whose escaped form is `text`; undefined if there is none. */
export function unescapeText(text: string): string | undefined {
  // Stryker disable next-line ConditionalExpression: without it the same is found, but later.
  if (standsForItself.test(text)) return text;
  try {
    const plain = decodeURIComponent(text.replaceAll('~', '%'));
    // Only the one form that escapeId writes counts, or a text would have several.
    if (escapeId(plain) === text) return plain;
  } catch {
    // No escapes, or bytes that are not UTF-8.
  }
  return undefined;
}

/** Most IDs: a listing of many locks has no time to decode each. */
// Stryker disable next-line Regex: what it leaves out is decoded, and the same is found.
const standsForItself = /^[A-Za-z0-9_-]+$/;

/** A dot at the start, at the end or beside another dot; or a character other than a letter, digit, `_`, `-` or dot. */
const outerOrDoubledDotOrUnsafe = /(?<![^.])\.|\.(?![^.])|[^A-Za-z0-9_.-]/gu;

function bytesOf(character: string): string {
  const encoded = encodeURIComponent(character);
  // encodeURIComponent leaves some ASCII characters alone that have no place here, `~` itself among them.
  const bytes = encoded === character ? `%${character.charCodeAt(0).toString(16).toUpperCase()}` : encoded;
  return bytes.replaceAll('%', '~');
}
