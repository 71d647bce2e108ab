import type { LockVersion } from '../../application/ports/lock-store.ts';

/** The entity tag of a revision. Weak: the same revision may be written as JSON in another way tomorrow. */
export const entityTag = (version: LockVersion): string => `W/"${version.replace(/[^\x21\x23-\x7e]/g, '')}"`;

/**
 * Whether `If-None-Match` names the current representation: a list of tags, compared weakly, or `*` for any.
 *
 * Source: RFC 9110, sections 8.8.3.2 and 13.1.2.
 */
export function isNamedIn(ifNoneMatch: string | null, tag: string): boolean {
  if (ifNoneMatch === null) return false;
  if (ifNoneMatch.trim() === '*') return true;
  const tags = ifNoneMatch.match(/(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g) ?? [];
  return tags.some((each) => opaquePart(each) === opaquePart(tag));
}

const opaquePart = (tag: string): string => tag.replace(/^W\//, '');
