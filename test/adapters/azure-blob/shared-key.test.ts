import {
  type BlobRequestConditions,
  BlobServiceClient,
  type ContainerClient,
  type IHttpClient,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import fc from 'fast-check';
import { describe, expect, inject, it } from 'vitest';
import { blobServiceFromConnectionString } from '../../../src/adapters/azure-blob/blob-service.ts';
import { SharedKey } from '../../../src/adapters/azure-blob/shared-key.ts';
import { splitUrl } from '../../../src/adapters/azure-blob/split-url.ts';
import { newContainer } from '../../support/blob-containers.ts';

const account = 'anaccount';
const key = Buffer.from('a key of an account').toString('base64');

describe('The signature of a request', () => {
  it("is the one that the SDK's own credential gives it", async () => {
    await fc.assert(
      fc.asyncProperty(calls, async (call) => {
        const { method, url, headers } = await signedBySdk(call);
        const { authorization, ...signed } = headers.toJson();
        const { path } = splitUrl(url);
        expect(new SharedKey(account, key).authorization({ method, path, headers: signed })).toBe(authorization);
      }),
    );
  });

  it('is accepted for metadata in the order of which an underscore comes before a digit', async () => {
    const blob = (await newContainer()).getBlockBlobClient('ordered');
    const metadata = { a_: '1', a1: '2', ab: '3', a: '4', a_1: '5', a1_: '6' };
    await blob.upload('', 0, { metadata });
    expect((await blob.getProperties()).metadata).toEqual(metadata);
  });

  it('is accepted for a listing, whose parameters have to be decoded', async () => {
    const container = await newContainer();
    await container.getBlockBlobClient('a+b c&d/é=1').upload('', 0);
    const names: string[] = [];
    for await (const { name } of container.listBlobsFlat({ prefix: 'a+b c&d/é=', includeMetadata: true })) {
      names.push(name);
    }
    expect(names).toEqual(['a+b c&d/é=1']);
  });
});

describe('A connection string', () => {
  it('may name the key before anything else, and be laid out over lines', async () => {
    const [, accountKey] = /AccountKey=([^;]+)/.exec(inject('blobStorage')) ?? [];
    const others = inject('blobStorage').replace(/AccountKey=[^;]+;?/, '');
    for (const text of [`AccountKey=${accountKey};${others}`, `${others};\n AccountKey=${accountKey};`]) {
      const container = blobServiceFromConnectionString(text).getContainerClient('missing');
      expect(await container.exists()).toBe(false);
    }
  });

  it('without a key is signed by nobody', async () => {
    const [, endpoint] = /BlobEndpoint=([^;]+)/.exec(inject('blobStorage')) ?? [];
    const text = `BlobEndpoint=${endpoint};SharedAccessSignature=sv=2024-11-04&sig=wrong`;
    const refused = blobServiceFromConnectionString(text).getContainerClient('missing').exists();
    await expect(refused).rejects.toMatchObject({ statusCode: 403 });
  });
});

type Call = (container: ContainerClient) => Promise<unknown>;

/** The request of `call` as the SDK would send it. */
async function signedBySdk(call: Call): Promise<Parameters<IHttpClient['sendRequest']>[0]> {
  const sent: Parameters<IHttpClient['sendRequest']>[0][] = [];
  const httpClient: IHttpClient = {
    sendRequest: async (request) => {
      sent.push(request);
      throw new Error('It is not sent.');
    },
  };
  const service = new BlobServiceClient(
    `https://${account}.blob.core.windows.net`,
    new StorageSharedKeyCredential(account, key),
    { httpClient, retryOptions: { maxTries: 1 } },
  );
  await call(service.getContainerClient('locks')).catch(() => undefined);
  const [request] = sent;
  if (request === undefined) throw new Error('The SDK made no request.');
  return request;
}

const blobName = fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' });
const metadata = fc.dictionary(fc.stringMatching(/^[a-z_][a-z0-9_]{0,5}$/), fc.stringMatching(/^[!-~]{1,10}$/));
const conditions: fc.Arbitrary<BlobRequestConditions> = fc.record(
  {
    ifMatch: fc.constant('"0x8DC"'),
    ifNoneMatch: fc.constant('*'),
    ifModifiedSince: fc.date({ noInvalidDate: true }),
    ifUnmodifiedSince: fc.date({ noInvalidDate: true }),
  },
  { requiredKeys: [] },
);
const listed = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' });

/** One of the requests that the adapters make, and some beside them. */
const calls: fc.Arbitrary<Call> = fc.oneof(
  fc.record({ name: blobName, content: fc.string(), metadata, conditions }).map(
    ({ name, content, ...options }): Call =>
      (container) =>
        container.getBlockBlobClient(name).upload(content, Buffer.byteLength(content), options),
  ),
  fc
    .record({
      name: blobName,
      offset: fc.nat(),
      count: fc.option(fc.integer({ min: 1 }), { nil: undefined }),
      conditions,
    })
    .map(
      ({ name, offset, count, conditions }): Call =>
        (container) =>
          container.getBlobClient(name).download(offset, count, { conditions }),
    ),
  fc.record({ name: blobName, conditions }).map(
    ({ name, conditions }): Call =>
      (container) =>
        container.getBlobClient(name).delete({ conditions }),
  ),
  fc.record({ prefix: listed, continuationToken: listed, maxPageSize: fc.integer({ min: 1, max: 5000 }) }).map(
    ({ prefix, ...page }): Call =>
      (container) =>
        container.listBlobsFlat({ prefix, includeMetadata: true, includeSnapshots: true }).byPage(page).next(),
  ),
  fc.constant((container: ContainerClient) => container.create()),
);
