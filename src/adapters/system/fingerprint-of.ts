import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { type Fingerprint, fingerprint, fingerprintPrefix } from '../../domain/fingerprint.ts';
import type { Message } from '../../domain/message.ts';
import { sha256Hex } from './sha256.ts';

/**
 * A digest of what a message is and carries. ID, time, source and trace do not count: a retry may differ in them. JSON is
 * taken in the canonical form of RFC 8785, so that the order of members and white space do not count either.
 *
 * @throws Error if the content has no canonical form: a text with a lone surrogate has none.
 */
export function fingerprintOf({
  type,
  contentType,
  content,
}: Pick<Message, 'type' | 'contentType' | 'content'>): Fingerprint {
  const kind = [type, contentType ?? null];
  if (content.kind === 'json') {
    return fingerprint(fingerprintPrefix + sha256Hex(canonicalize([...kind, content.value]) ?? ''));
  }
  const digest = createHash('sha256')
    .update(`${canonicalize(kind)}\n`)
    .update(content.bytes);
  return fingerprint(fingerprintPrefix + digest.digest('hex'));
}
