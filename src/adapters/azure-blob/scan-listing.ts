/** A blob of a listing, as far as it is of interest here. */
export interface ScannedBlob {
  readonly name: string;
  /** As listings show it, without quotes. */
  readonly etag: string;
  readonly lastModified: Date;
  /** The value of its metadata of this name, which is in lower case. */
  readonly metadata: (name: string) => string | undefined;
}

export interface BlobListing {
  readonly blobs: readonly ScannedBlob[];
  /** Goes on with this; undefined behind the last blob. */
  readonly nextMarker: string | undefined;
}

/**
 * What an answer to List Blobs says of its blobs; undefined if it is not a whole one.
 *
 * It goes from tag to tag and makes no tree. That is enough, since the service writes no comments, no CDATA and no namespaces.
 *
 * Source: Microsoft, "List Blobs", response body.
 */
export function scanListing(text: string): BlobListing | undefined {
  if (!text.includes('<EnumerationResults') || !text.endsWith('</EnumerationResults>', text.trimEnd().length)) {
    return undefined;
  }
  const blobs: ScannedBlob[] = [];
  let place = text.indexOf('<Blob>');
  let end = 0;
  while (place >= 0) {
    end = text.indexOf('</Blob>', place);
    if (end < 0) return undefined;
    const blob = scannedBlob(text.slice(place, end));
    if (blob === undefined) return undefined;
    blobs.push(blob);
    place = text.indexOf('<Blob>', end);
  }
  return { blobs, nextMarker: element(text, 'NextMarker', end) || undefined };
}

function scannedBlob(text: string): ScannedBlob | undefined {
  const name = nameIn(text);
  const etag = element(text, 'Etag');
  const lastModified = element(text, 'Last-Modified');
  if (name === undefined || etag === undefined || lastModified === undefined) return undefined;
  const start = text.indexOf('<Metadata>');
  const metadata = (key: string) => (start < 0 ? undefined : element(text, key, start));
  return { name, etag, lastModified: new Date(lastModified), metadata };
}

/** A name with characters that XML cannot have is percent-encoded as a whole, and says so. */
function nameIn(text: string): string | undefined {
  const encoded = '<Name Encoded="true">';
  const start = text.indexOf(encoded);
  if (start < 0) return element(text, 'Name');
  const end = text.indexOf('</Name>', start);
  return end < 0 ? undefined : decodeURIComponent(plain(text.slice(start + encoded.length, end)));
}

/** The text of the first element of this name from `from` on. One that is empty may be a single tag. */
function element(text: string, name: string, from = 0): string | undefined {
  const open = `<${name}>`;
  const start = text.indexOf(open, from);
  if (start < 0) return undefined;
  const end = text.indexOf('<', start + open.length);
  return text.startsWith(`</${name}>`, end) ? plain(text.slice(start + open.length, end)) : undefined;
}

/** A text without the entities of XML. */
const plain = (text: string): string => (text.includes('&') ? text.replace(entity, character) : text);

/** Source: W3C, "Extensible Markup Language (XML) 1.0", sections 4.1 and 4.6. */
const entity = /&(?:(amp|lt|gt|quot|apos)|#(\d+)|#x([\dA-Fa-f]+));/g;

function character(_: string, named?: string, decimal?: string, hexadecimal?: string): string {
  if (named !== undefined) return characters[named as keyof typeof characters];
  return String.fromCodePoint(decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal));
}

const characters = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
