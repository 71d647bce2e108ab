import { escapeId } from '../../domain/escaped-id.ts';
import type { LockRecord } from '../../domain/lock-record.ts';

/**
 * What portals and listings show of a lock. It is for people and what they do by hand: the protocol reads the content alone.
 *
 * Names are lower-case and values ASCII, as HTTP headers carry them. `expires` is when a held lock would expire without a
 * further write, by the writer's clock: the store tells its own time only with the answer. Of a lock that is not held the
 * fingerprint is there, so that a listing says what became of many messages.
 *
 * Source: Microsoft, "Naming and referencing containers, blobs, and metadata".
 */
export function lockMetadata(record: LockRecord, wallTime: number): Record<string, string> {
  const { messageId, source, owner, state, ttlMs, fencingToken, fingerprint } = record;
  const metadata: Record<string, string> = { messageid: escapeId(messageId), owner: escapeId(owner), state };
  if (source !== undefined) metadata['source'] = metadataText(source);
  if (state === 'held') metadata['expires'] = new Date(wallTime + ttlMs).toISOString();
  else if (isPlain.test(fingerprint)) metadata['fingerprint'] = fingerprint;
  if (fencingToken !== undefined) metadata['fencingtoken'] = String(fencingToken);
  return metadata;
}

/** Every fingerprint of this version. One of another version, in other characters, is only in the content. */
const isPlain = /^[\w:]{1,200}$/;

/** All metadata of a blob together is at most 8 KB; the record itself has the whole of a longer text. */
const longestText = 4096;

/** The escaped form of `text`; of a long one its beginning, which unescapes to nothing. */
function metadataText(text: string): string {
  const escaped = escapeId(text);
  return escaped.length <= longestText ? escaped : `${escaped.slice(0, longestText)}~~`;
}
