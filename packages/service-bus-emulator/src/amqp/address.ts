/** What a link is attached to: the token endpoint, an entity (a queue or dead-letter queue), or its management node. */
export type Address =
  | { readonly kind: 'cbs' }
  | { readonly kind: 'entity'; readonly path: string }
  | { readonly kind: 'management'; readonly path: string };

/** Reads a link's address: a path, or a whole URI as some SDKs send it. */
export function parseAddress(address: string | undefined): Address {
  const path = (address ?? '').replace(/^[a-z]+:\/\/[^/]*\//i, '').replace(/^\//, '');
  if (path.toLowerCase() === '$cbs') return { kind: 'cbs' };
  const entity = path.replace(/\/\$management$/i, '');
  return { kind: entity === path ? 'entity' : 'management', path: entity };
}
