import { escapeId } from './escaped-id.ts';
import { type WorkKey, workName } from './work-key.ts';

/** Where the lock of a message is kept: `<scope>/lock-<name>.lock`, safe as a blob name. No two work keys share one. */
export type LockName = string & { readonly kind: 'LockName' };

/** The SHA-256 digest of a text's UTF-8 bytes, in lower-case hexadecimal digits. */
export type Sha256Hex = (text: string) => string;

/** Source: Microsoft, "Naming and referencing containers, blobs, and metadata": a blob name has at most 1,024 characters. */
const longestBlobName = 1024;

/** The name of the lock of a message. */
export const lockName = (key: WorkKey, sha256: Sha256Hex): LockName =>
  scopedName(key, { before: 'lock-', after: '.lock' }, sha256) as LockName;

/** The lock's name without its folder. */
export const fileNameOf = (lock: LockName): string => lock.slice(lock.lastIndexOf('/') + 1);

/** `<scope>/<before><name of the work><after>`, all escaped, so that no ID or source can leave the folder of its scope. */
export function scopedName(
  key: WorkKey,
  { before, after }: { readonly before: string; readonly after: string },
  sha256: Sha256Hex,
): string {
  const folder = escapeId(key.scope);
  const whole = `${folder}/${before}${workName(key)}${after}`;
  return whole.length <= longestBlobName ? whole : `${folder}/${before}${digestName(key, sha256)}${after}`;
}

/** The longest message ID that a broker takes. Source: Microsoft, "Azure Service Bus quotas and limits", message ID. */
const longestBrokerId = 128;

/**
 * The message ID to give to the broker, which may detect duplicates by it: the ID as it is or, for an event of another
 * producer, the name of its work. Where that name is too long, or the ID looks like one, it is a digest.
 */
export function brokerMessageId(key: WorkKey, sha256: Sha256Hex): string {
  const { id, source } = key;
  if (source === undefined) return id.includes('~~') ? digestName(key, sha256) : id;
  const name = workName(key);
  return name.length <= longestBrokerId ? name : digestName(key, sha256);
}

/**
 * A name of fixed length. It starts with `~~`, which no escaped text does; two more say that a source is in it, so that the
 * digest of an ID is never that of a pair.
 */
const digestName = (key: WorkKey, sha256: Sha256Hex): string =>
  key.source === undefined ? `~~${sha256(key.id)}` : `~~~~${sha256(workName(key))}`;
