import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { BlobServiceClient, type ContainerClient, RestError } from '@azure/storage-blob';
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { UndiciSender } from '../../../src/adapters/azure-blob/undici-sender.ts';
import { UndiciTransport } from '../../../src/adapters/azure-blob/undici-transport.ts';
import { newContainer } from '../../support/blob-containers.ts';
import { blobProxy } from '../../support/blob-proxy.ts';

describe("A request of the SDK's by undici", () => {
  it('carries a text, bytes or nothing, and brings back content, headers and metadata', async () => {
    const container = over(inject('blobStorage'), (await newContainer()).containerName);
    const text = container.getBlockBlobClient('text');
    const { etag } = await text.upload('größer', 8, { metadata: { state: 'held' } });
    const bytes = container.getBlockBlobClient('bytes');
    await bytes.upload(Buffer.from([0, 255]), 2);

    expect((await text.downloadToBuffer()).toString()).toBe('größer');
    expect([...(await bytes.downloadToBuffer())]).toEqual([0, 255]);
    expect(await text.getProperties()).toMatchObject({ etag, metadata: { state: 'held' }, contentLength: 8 });
    expect(await container.getBlobClient('missing').exists()).toBe(false);
    const names: string[] = [];
    for await (const { name } of container.listBlobsFlat()) names.push(name);
    expect(names).toEqual(['bytes', 'text']);
  });

  it('that reaches nobody fails with the reason, and without a status', async () => {
    const container = over('BlobEndpoint=http://127.0.0.1:1/account;SharedAccessSignature=sig=any');
    const failure = await container.exists().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RestError);
    expect(failure).toMatchObject({ code: 'ECONNREFUSED', statusCode: undefined });
  });

  it.each([
    ['while it waits for the answer', { kind: 'hang' }],
    ['while it reads the answer', { kind: 'cut', hangs: true }],
  ] as const)('that is aborted %s fails as aborted', async (_, fault) => {
    const given = new AbortController();
    const proxy = await blobProxy(() => {
      // By then the request is on its way; the rest of the answer never comes.
      setTimeout(() => given.abort(), 50);
      return fault;
    });
    const container = over(proxy.connectionString, (await newContainer()).containerName);
    const listing = container.listBlobsFlat({ abortSignal: given.signal }).next();
    await expect(listing).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('that cannot be made is not taken for one that may have arrived', async () => {
    const blob = over(inject('blobStorage')).getBlockBlobClient('any');
    const failure = await blob.upload('', 0, { metadata: { state: 'łock' } }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(failure).not.toBeInstanceOf(RestError);
  });

  it('goes through the proxy that the environment names, to wherever but this machine', async () => {
    const tunnels = await tunnellingProxy();
    vi.stubEnv('http_proxy', tunnels.address);
    onTestFinished(() => void vi.unstubAllEnvs());
    // Only the proxy knows what this name means.
    const elsewhere = inject('blobStorage').replace(/127\.0\.0\.1(:\d+)\/(\w+)/, '$2.storage.example$1');
    const { containerName } = await newContainer();
    expect(await over(elsewhere, containerName).exists()).toBe(true);
    expect(tunnels.opened()).toBe(1);
  });
});

const over = (connectionString: string, container = 'any'): ContainerClient =>
  BlobServiceClient.fromConnectionString(connectionString, {
    retryOptions: { maxTries: 1 },
    httpClient: new UndiciTransport(new UndiciSender()),
  }).getContainerClient(container);

/** An HTTP proxy that opens a tunnel to wherever it is asked to. It ends with the test. */
async function tunnellingProxy(): Promise<{ readonly address: string; opened(): number }> {
  let opened = 0;
  const proxy = createServer().on('connect', ({ url = '' }, socket) => {
    opened += 1;
    const [, port] = url.split(':');
    const target = connect(Number(port), '127.0.0.1', () =>
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n'),
    );
    target.pipe(socket).pipe(target);
    onTestFinished(() => void socket.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void proxy.close());
  return { address: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, opened: () => opened };
}
