import type { OldLocks } from './old-locks.ts';
import type { StoredBlob } from './stored-blobs.ts';

/**
 * The answer to List Blobs: the old locks first, then the stored blobs. A marker is a place: among the old ones a number,
 * among the stored ones a name after `~`.
 *
 * Source: Microsoft, "List Blobs".
 */
export function listAnswer(
  container: string,
  query: URLSearchParams,
  blobs: ReadonlyMap<string, StoredBlob>,
  oldLocks: OldLocks | undefined,
): Buffer {
  const most = Number(query.get('maxresults') ?? 5000);
  const prefix = `${container}/${query.get('prefix') ?? ''}`;
  const marker = query.get('marker') ?? '';
  const items: (readonly [string, StoredBlob])[] = [];
  let next = '';
  if (oldLocks !== undefined && !marker.startsWith('~')) {
    const page = oldLocks.page(Number(marker), most);
    items.push(...page.locks);
    next = oldLocks.isEnd(page.next) ? '' : String(page.next);
  }
  if (next === '' && items.length === most) {
    next = '~'; // the stored ones begin on the next page
  } else if (next === '') {
    const names = [...blobs.keys()].filter((name) => name.startsWith(prefix) && name > marker.slice(1)).sort();
    const shown = names.slice(0, most - items.length);
    for (const name of shown) items.push([name, blobs.get(name) as StoredBlob]);
    next = shown.length < names.length ? `~${shown.at(-1)}` : '';
  }
  const listed = items.map(([name, blob]) => itemText(name.slice(container.length + 1), blob));
  return Buffer.from(
    `<?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="${container}">` +
      `<Blobs>${listed.join('')}</Blobs><NextMarker>${next}</NextMarker></EnumerationResults>`,
  );
}

function itemText(name: string, { etag, lastModified, content, contentType, metadata }: StoredBlob): string {
  let metadataText = '';
  for (let place = 0; place < metadata.length; place += 2) {
    const key = metadata[place]?.slice('x-ms-meta-'.length);
    metadataText += `<${key}>${metadata[place + 1]}</${key}>`;
  }
  return (
    `<Blob><Name>${name.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</Name><Properties>` +
    `<Last-Modified>${lastModified}</Last-Modified><Etag>${etag.slice(1, -1)}</Etag>` +
    `<Content-Length>${content.length}</Content-Length><Content-Type>${contentType}</Content-Type>` +
    `<BlobType>BlockBlob</BlobType></Properties><Metadata>${metadataText}</Metadata></Blob>`
  );
}
