import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { type Fingerprint, fingerprint, fingerprintPrefix } from '../../domain/fingerprint.ts';
import { canonicalMediaType } from '../../domain/media-type.ts';
import type { Message } from '../../domain/message.ts';
import { sha256Hex } from './sha256.ts';

/**
 * A digest of what a message is and carries. ID, time, source and trace do not count: a retry may differ in them. JSON is
 * taken in the canonical form of RFC 8785, so that the order of members and white space do not count either, and the media type
 * in one spelling.
 *
 * @param canonical that form of content that is JSON, in UTF-8, if it is known. Otherwise it is made here.
 * @throws Error if the content has no canonical form: a text with a lone surrogate has none.
 */
export function fingerprintOf(
  { type, contentType, content }: Pick<Message, 'type' | 'contentType' | 'content'>,
  canonical?: Uint8Array,
): Fingerprint {
  // A value of JSON without a type is application/json, as it is in an event.
  const mediaType = contentType ?? (content.kind === 'json' ? 'application/json' : undefined);
  const kind = [type, mediaType === undefined ? null : canonicalMediaType(mediaType)];
  if (content.kind === 'json' && canonical === undefined) {
    return fingerprint(fingerprintPrefix + sha256Hex(canonicalize([...kind, content.value]) ?? ''));
  }
  const head = canonicalize(kind) ?? '';
  const digest =
    content.kind === 'binary'
      ? createHash('sha256').update(`${head}\n`).update(content.bytes)
      : createHash('sha256')
          .update(`${head.slice(0, -1)},`)
          .update(canonical ?? '')
          .update(']');
  return fingerprint(fingerprintPrefix + digest.digest('hex'));
}
