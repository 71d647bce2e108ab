import { randomUUID } from 'node:crypto';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { describe, expect, inject, it } from 'vitest';
import { BlobEffectsLog } from '../../../src/adapters/azure-blob/blob-effects-log.ts';
import { BlobLockStore } from '../../../src/adapters/azure-blob/blob-lock-store.ts';
import { LazyBlobService } from '../../../src/adapters/azure-blob/lazy-blob-service.ts';
import { SharedKey } from '../../../src/adapters/azure-blob/shared-key.ts';
import { seconds } from '../../../src/domain/time.ts';
import { heldBy, lockOf } from '../../support/lock-records.ts';

const key = 'AccountKey=YSBrZXk=';
const name = 'AccountName=anaccount';
const signature = 'SharedAccessSignature=sv=2026-02-06&sig=a%2Fb';

describe('A connection string', () => {
  it.each([
    'UseDevelopmentStorage=true',
    `DefaultEndpointsProtocol=https;${name};${key};EndpointSuffix=core.windows.net`,
    `DefaultEndpointsProtocol=HTTP;${name};${key};EndpointSuffix=core.chinacloudapi.cn;`,
    `${key};\n DefaultEndpointsProtocol=https;\n ${name};BlobEndpoint=https://custom.example/`,
    `DefaultEndpointsProtocol=http;${name};${key};BlobEndpoint=http://127.0.0.1:10000/anaccount`,
    `BlobEndpoint=https://anaccount.blob.core.windows.net/;${signature}`,
    `BlobEndpoint=https://anaccount.blob.core.windows.net;SharedAccessSignature=?sv=1&sig=c`,
    `BlobEndpoint=http://127.0.0.1:10000/anaccount;${signature};${name}`,
  ])('leads to where the SDK takes it, by the same key: %s', async (text) => {
    const [ours, sdks] = [LazyBlobService.byConnectionString(text), BlobServiceClient.fromConnectionString(text)];
    const [container, client] = [ours.container('größe 1'), sdks.getContainerClient('größe 1')];
    expect(container.url).toBe(client.url);
    const parts = { method: 'GET', path: '/a/größe', headers: { 'x-ms-date': 'now' } };
    const signed = 'key' in container.credential && (container.credential.key as SharedKey).authorization(parts);
    const { credential } = sdks;
    if (!(credential instanceof StorageSharedKeyCredential)) return expect(signed).toBe(false);
    const hmacOf = (signedText: string) => credential.computeHMACSHA256(signedText);
    expect(signed).toBe(new SharedKey(credential.accountName, hmacOf).authorization(parts));
  });

  it.each([
    '',
    'anything',
    'AccountName=a',
    `DefaultEndpointsProtocol=https;${name};AccountKey=`,
    `DefaultEndpointsProtocol=ftp;${name};${key};EndpointSuffix=core.windows.net`,
    `DefaultEndpointsProtocol=https;${name};${key}`,
    `DefaultEndpointsProtocol=https;${key};EndpointSuffix=core.windows.net`,
    'BlobEndpoint=https://anaccount.blob.core.windows.net/',
    signature,
  ])('that the SDK refuses is refused, and not quoted: %s', (text) => {
    expect(() => BlobServiceClient.fromConnectionString(text)).toThrow();
    expect(() => LazyBlobService.byConnectionString(text)).toThrow(/^(It has no|Its) /);
  });
});

describe('A service whose SDK is not loaded yet', () => {
  it('serves locks and, by one client, what needs the SDK', async () => {
    const service = LazyBlobService.byConnectionString(inject('blobStorage'));
    expect(await service.client()).toBe(await service.client());
    const container = service.container(`test-${randomUUID()}`);
    await (await container.client()).create();
    const lock = lockOf('m-1');
    const store = new BlobLockStore(container, { requestTimeoutMs: seconds(10) });
    expect(await store.put(lock, heldBy('first'), 'absent')).toMatchObject({ kind: 'written' });
    expect(await store.read(lock)).toMatchObject({ record: heldBy('first') });
    await new BlobEffectsLog(container, { requestTimeoutMs: seconds(10) }).append('effects', 'a line');
    const log = (await container.client()).getBlobClient('effects');
    expect((await log.downloadToBuffer()).toString()).toBe('a line\n');
  });
});
