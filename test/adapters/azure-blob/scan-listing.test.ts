import {
  AnonymousCredential,
  type BlobItem,
  ContainerClient,
  type HttpHeaders,
  type IHttpClient,
} from '@azure/storage-blob';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanListing } from '../../../src/adapters/azure-blob/scan-listing.ts';

/** What the SDK makes of a listing that a service answers with. */
async function listedBySdk(
  xml: string,
): Promise<{ readonly items: readonly BlobItem[]; readonly marker: string | undefined }> {
  const headers = { toJson: () => ({ 'content-type': 'application/xml' }) } as unknown as HttpHeaders;
  const httpClient: IHttpClient = {
    sendRequest: async (request) => ({ request, status: 200, headers, bodyAsText: xml }),
  };
  const container = new ContainerClient('https://account.test/locks', new AnonymousCredential(), { httpClient });
  const { value } = await container.listBlobsFlat({ includeMetadata: true }).byPage().next();
  return { items: value.segment.blobItems, marker: value.continuationToken || undefined };
}

/** A text in an element. Whether quotes are written as entities is the writer's choice. */
const escaped = (text: string): fc.Arbitrary<string> =>
  fc.boolean().map((isThorough) => {
    const needed = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    return isThorough ? needed.replaceAll('"', '&quot;').replaceAll("'", '&apos;') : needed;
  });

// Azure has no name with control characters in XML: those are encoded. Blanks at the ends stay.
const anyText = fc.string({ unit: fc.constantFrom(...'aZ09-_.~/&<>"\'%+ äß😀☃'), minLength: 1, maxLength: 12 });
const keys = ['messageid', 'state', 'owner', 'source', 'expires', '_x', 'etag', 'name'] as const;

const anyBlob = fc
  .record({
    name: anyText,
    isEncoded: fc.boolean(),
    lastModified: fc.integer({ min: 0, max: 4_000_000_000 }).map((second) => new Date(second * 1000)),
    etag: fc.constantFrom('0x8DBE12D2A7E3B40', '"0x8DBE12D2A7E3B40"', '0x1'),
    metadata: fc.dictionary(fc.constantFrom(...keys), fc.oneof(anyText, fc.constant('')), { maxKeys: 5 }),
    more: fc.constantFrom(
      '',
      '<Content-MD5 />',
      '<LeaseStatus>unlocked</LeaseStatus><ServerEncrypted>true</ServerEncrypted>',
    ),
    tail: fc.constantFrom('', '<OrMetadata />', '<Tags />'),
    isTight: fc.boolean(),
  })
  .chain((blob) =>
    fc
      .tuple(
        escaped(blob.isEncoded ? encodeURIComponent(blob.name) : blob.name),
        ...keys.map((key) => escaped(blob.metadata[key] ?? '')),
      )
      .map(([name, ...values]) => {
        const entries = keys.flatMap((key, place) =>
          blob.metadata[key] === undefined
            ? []
            : [values[place] === '' ? `<${key} />` : `<${key}>${values[place]}</${key}>`],
        );
        const metadata = entries.length === 0 ? '<Metadata />' : `<Metadata>${entries.join('')}</Metadata>`;
        const between = blob.isTight ? '' : '\n  ';
        return [
          '<Blob>',
          `<Name${blob.isEncoded ? ' Encoded="true"' : ''}>${name}</Name>`,
          `<Properties><Creation-Time>Thu, 01 Jan 1970 00:00:00 GMT</Creation-Time><Last-Modified>${blob.lastModified.toUTCString()}</Last-Modified>`,
          `<Etag>${blob.etag.replaceAll('"', '&quot;')}</Etag><Content-Length>9</Content-Length>${blob.more}<BlobType>BlockBlob</BlobType></Properties>`,
          `${metadata}${blob.tail}</Blob>`,
        ].join(between);
      }),
  );

const anyListing = fc
  .record({
    blobs: fc.array(anyBlob, { maxLength: 5 }),
    marker: fc.option(anyText.chain(escaped)),
    isTight: fc.boolean(),
  })
  .map(({ blobs, marker, isTight }) =>
    [
      '<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="https://account.test/" ContainerName="locks"><Prefix>p</Prefix><MaxResults>5</MaxResults>',
      blobs.length === 0 ? '<Blobs />' : `<Blobs>${blobs.join(isTight ? '' : '\n')}</Blobs>`,
      marker === null ? '<NextMarker />' : `<NextMarker>${marker}</NextMarker>`,
      '</EnumerationResults>',
    ].join(isTight ? '' : '\n'),
  );

describe('A listing', () => {
  it("is read as the SDK's own parser reads it", () =>
    fc.assert(
      fc.asyncProperty(anyListing, async (xml) => {
        const { items, marker } = await listedBySdk(xml);
        const scanned = scanListing(xml);
        expect(scanned?.nextMarker).toBe(marker);
        const seen = scanned?.blobs.map(({ name, etag, lastModified, metadata }) => ({
          name,
          etag,
          lastModified,
          metadata: keys.map((key) => metadata(key) ?? ''),
        }));
        const expected = items.map(({ name, properties, metadata }) => ({
          name,
          etag: properties.etag,
          lastModified: properties.lastModified,
          metadata: keys.map((key) => metadata?.[key] ?? ''),
        }));
        expect(seen).toEqual(expected);
      }),
      { numRuns: 200 },
    ));

  it('that is cut off anywhere is not taken for a shorter one', () =>
    fc.assert(
      fc.property(anyListing, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (xml, share) => {
        expect(scanListing(xml.slice(0, Math.floor(xml.length * share)))).toBeUndefined();
      }),
    ));

  it('has its character references read, which the SDK leaves as they are', () => {
    const blob = '<Blob><Name>a&#x41;&#9731;</Name><Etag>1</Etag><Last-Modified>0</Last-Modified></Blob>';
    const [scanned] = scanListing(`<EnumerationResults>${blob}</EnumerationResults>`)?.blobs ?? [];
    expect(scanned?.name).toBe('aA☃');
  });

  it.each(['', '<html></html>', '<EnumerationResults><Blobs><Blob></Blob></Blobs></EnumerationResults>'])(
    'is nothing that lacks a name, a revision or a time: %s',
    (xml) => expect(scanListing(xml)).toBeUndefined(),
  );
});
