import { escapeId } from './escaped-id.ts';
import type { MessageId } from './message-id.ts';

/** Where the lock of a message ID is kept: `<scope>/lock-<id>.lock`, safe as a blob name. No two IDs or scopes share one. */
export type LockName = string & { readonly kind: 'LockName' };

/** The SHA-256 digest of a text's UTF-8 bytes, in lower-case hexadecimal digits. */
export type Sha256Hex = (text: string) => string;

/** Source: Microsoft, "Naming and referencing containers, blobs, and metadata": a blob name has at most 1,024 characters. */
const longestBlobName = 1024;

/** The name of the lock of `id` within `scope`: consumers that must not share locks get a scope each. */
export const lockName = (scope: string, id: MessageId, sha256: Sha256Hex): LockName =>
  scopedName(scope, { before: 'lock-', id, after: '.lock' }, sha256) as LockName;

/** The lock's name without its folder. */
export const fileNameOf = (lock: LockName): string => lock.slice(lock.lastIndexOf('/') + 1);

/** `<scope>/<before><id><after>` with scope and ID escaped, so that an ID cannot leave the folder of its scope. */
export function scopedName(
  scope: string,
  { before, id, after }: { readonly before: string; readonly id: MessageId; readonly after: string },
  sha256: Sha256Hex,
): string {
  const whole = `${escapeId(scope)}/${before}${escapeId(id)}${after}`;
  if (whole.length <= longestBlobName) return whole;
  // `~~` starts no escape, so that a digest cannot be taken for an ID.
  return `${escapeId(scope)}/${before}~~${sha256(id)}${after}`;
}
