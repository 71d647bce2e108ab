import { escapeId } from './escaped-id.ts';
import { type WorkKey, workName } from './work-key.ts';

/**
 * Where the lock of a message is kept: `<scope>/lock-<name>.lock`, or spread, `<scope>/<2 digits>/lock-<name>.lock`; safe as a
 * blob name. No two work keys share one.
 */
export type LockName = string & { readonly kind: 'LockName' };

/**
 * How the locks of a scope are laid out. `flat`: all in the folder of the scope. `spread`: over 256 folders in it, by the
 * first byte of a hash, so that names that grow do not all fall into one range of the store's names.
 */
export type LockLayout = 'flat' | 'spread';

/** The SHA-256 digest of a text's UTF-8 bytes, in lower-case hexadecimal digits. */
export type Sha256Hex = (text: string) => string;

/** Source: Microsoft, "Naming and referencing containers, blobs, and metadata": a blob name has at most 1,024 characters. */
const longestBlobName = 1024;

/** The name of the lock of a message. The file's name is the same in both layouts, unless it is too long for one of them. */
export function lockName(key: WorkKey, sha256: Sha256Hex, layout: LockLayout = 'flat'): LockName {
  const scope = escapeId(key.scope);
  const folder = layout === 'flat' ? scope : `${scope}/${sha256(workName(key)).slice(0, 2)}`;
  return nameIn(folder, key, { before: 'lock-', after: '.lock' }, sha256) as LockName;
}

/** The layout in which a lock of this scope has such a name; undefined if none has. */
export function layoutOf(scope: string, name: string): LockLayout | undefined {
  const folder = `${escapeId(scope)}/`;
  if (!name.startsWith(folder)) return undefined;
  const rest = name.slice(folder.length);
  if (rest.startsWith('lock-')) return 'flat';
  return /^[0-9a-f]{2}[/]lock-/.test(rest) ? 'spread' : undefined;
}

/** The lock's name without its folder. */
export const fileNameOf = (lock: LockName): string => lock.slice(lock.lastIndexOf('/') + 1);

/** `<scope>/<before><name of the work><after>`, all escaped, so that no ID or source can leave the folder of its scope. */
export const scopedName = (key: WorkKey, around: Around, sha256: Sha256Hex): string =>
  nameIn(escapeId(key.scope), key, around, sha256);

interface Around {
  readonly before: string;
  readonly after: string;
}

function nameIn(folder: string, key: WorkKey, { before, after }: Around, sha256: Sha256Hex): string {
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
