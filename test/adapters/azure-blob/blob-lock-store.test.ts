import type { ContainerClient } from '@azure/storage-blob';
import { describe, expect, inject, it } from 'vitest';
import { BlobLockStore } from '../../../src/adapters/azure-blob/blob-lock-store.ts';
import { blobServiceFromConnectionString } from '../../../src/adapters/azure-blob/blob-service.ts';
import type { LockVersion } from '../../../src/application/ports/lock-store.ts';
import { LockDocumentError, lockDocument } from '../../../src/domain/lock-document.ts';
import type { LockRecord } from '../../../src/domain/lock-record.ts';
import { durationMs, seconds } from '../../../src/domain/time.ts';
import { describeLockStore } from '../../contracts/lock-store.contract.ts';
import { newContainer } from '../../support/blob-containers.ts';
import { type BlobFault, blobProxy } from '../../support/blob-proxy.ts';
import { fullRecord, heldBy, lockOf } from '../../support/lock-records.ts';
import { written } from '../../support/written.ts';

const name = lockOf('m-1');
const requestTimeoutMs = seconds(10);
const patiently = { timeout: 10_000 };
const storeIn = (container: ContainerClient) => new BlobLockStore(container, { requestTimeoutMs });

describeLockStore('BlobLockStore', async () => storeIn(await newContainer()));

describe('What a BlobLockStore writes', () => {
  it('is the lock document, marked as JSON', async () => {
    const container = await newContainer();
    await storeIn(container).put(name, fullRecord, 'absent');
    const blob = container.getBlobClient(name);
    expect((await blob.downloadToBuffer()).toString()).toBe(lockDocument(fullRecord));
    expect((await blob.getProperties()).contentType).toBe('application/json');
  });

  it('shows people in the metadata who holds the lock, and until when by the clock of the writer', async () => {
    const container = await newContainer();
    const wallTime = () => Date.UTC(2024, 1, 19, 0, 24, 11, 314);
    await new BlobLockStore(container, { requestTimeoutMs, wallTime }).put(name, heldBy('first'), 'absent');
    expect((await container.getBlobClient(name).getProperties()).metadata).toEqual({
      messageid: 'm-1',
      owner: 'first',
      state: 'held',
      expires: '2024-02-19T00:24:41.314Z',
    });
  });

  it('replaces all metadata with each write, in ASCII', async () => {
    const container = await newContainer();
    const store = storeIn(container);
    const first = written(await store.put(name, heldBy('first'), 'absent'));
    await store.put(name, fullRecord, first);
    expect((await container.getBlobClient(name).getProperties()).metadata).toEqual({
      fingerprint: 'jcs1:0',
      messageid: 'Bestellung~2F~C3~A4~20~F0~9F~98~80~0A~221~22',
      owner: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
      state: 'completed',
      fencingtoken: '1708302251001',
    });
  });

  it('is never more than it reads again', async () => {
    const store = storeIn(await newContainer());
    const sized = (length: number): LockRecord => heldBy('first', { result: JSON.stringify('x'.repeat(length)) });
    const room = 256 * 1024 - Buffer.byteLength(lockDocument(sized(0)));
    await expect(store.put(name, sized(room + 1), 'absent')).rejects.toMatchObject({
      name: 'LockStoreError',
      isTransient: false,
      message: expect.stringContaining('let steps and work return less'),
    });
    expect(await store.put(name, sized(room), 'absent')).toMatchObject({ kind: 'written' });
    expect((await store.read(name))?.record).toEqual(sized(room));
  });
});

describe('A blob under the name of a lock that is none', () => {
  it.each([
    ['is empty', Buffer.alloc(0)],
    ['is cut off', Buffer.from(lockDocument(heldBy('first')).slice(0, -1))],
    ['is of another tool', Buffer.from('{"locked":true}')],
    ['is of a later version', Buffer.from(lockDocument(heldBy('first')).replace('"schema":2', '"schema":3'))],
    ['is not UTF-8', Buffer.from(lockDocument(heldBy('first', { host: 'h\u00f6st' })), 'latin1')],
    ['is much too large', Buffer.alloc(8 * 1024 * 1024, 'x')],
  ])('is not taken for free, and the error says what to do, when it %s', async (_, bytes) => {
    const container = await newContainer();
    await container.getBlockBlobClient(name).upload(bytes, bytes.length);
    const read = storeIn(container).read(name);
    await expect(read).rejects.toMatchObject({
      name: 'LockStoreError',
      isTransient: false,
      cause: expect.any(LockDocumentError),
      message: expect.stringContaining(`the blob "${name}" in the container "${container.containerName}"`),
    });
    await expect(read).rejects.toThrow(/inspect the blob, and delete it if nothing else needs it/);
    expect(await storeIn(container).put(name, heldBy('first'), 'absent')).toEqual({ kind: 'conflict' });
  });
});

describe('A refusal that is no contention', () => {
  it('is told from a lock that is not there: the container is missing', async () => {
    const service = blobServiceFromConnectionString(inject('blobStorage'));
    const store = storeIn(service.getContainerClient('missing'));
    const refusal = {
      name: 'LockStoreError',
      isTransient: false,
      message: expect.stringContaining('Create the container'),
    };
    await expect(store.read(name)).rejects.toMatchObject(refusal);
    await expect(store.put(name, heldBy('first'), 'absent')).rejects.toMatchObject(refusal);
    await expect(store.delete(name, '"0x0"' as LockVersion)).rejects.toMatchObject(refusal);
  });

  it('may pass: the key is not the right one', async () => {
    const container = await newContainer();
    const otherKey = inject('blobStorage').replace(
      /AccountKey=[^;]+/,
      `AccountKey=${Buffer.alloc(64).toString('base64')}`,
    );
    const service = blobServiceFromConnectionString(otherKey);
    const store = storeIn(service.getContainerClient(container.containerName));
    const refusal = { name: 'LockStoreError', isTransient: true, message: expect.stringContaining('403') };
    await expect(store.read(name)).rejects.toMatchObject(refusal);
    await expect(store.put(name, heldBy('first'), 'absent')).rejects.toMatchObject(refusal);
  });

  it('needs a hand: somebody has an Azure lease on the blob', async () => {
    const container = await newContainer();
    const store = storeIn(container);
    const first = written(await store.put(name, heldBy('first'), 'absent'));
    await container.getBlobClient(name).getBlobLeaseClient().acquireLease(-1);
    const refusal = {
      name: 'LockStoreError',
      isTransient: false,
      message: expect.stringContaining('break that lease'),
    };
    await expect(store.put(name, heldBy('second'), first)).rejects.toMatchObject(refusal);
    await expect(store.delete(name, first.version)).rejects.toMatchObject(refusal);
  });

  it('needs a hand: the blob has snapshots', async () => {
    const container = await newContainer();
    const store = storeIn(container);
    const first = written(await store.put(name, heldBy('first'), 'absent'));
    await container.getBlobClient(name).createSnapshot();
    await expect(store.delete(name, first.version)).rejects.toMatchObject({
      name: 'LockStoreError',
      isTransient: false,
      message: expect.stringContaining('Delete the snapshots'),
    });
  });
});

describe('A BlobLockStore behind a bad network', () => {
  /** For requests whose answers do not come. */
  const shortTimeoutMs = durationMs(500);
  const timeoutFor = (fault: BlobFault) =>
    fault.kind === 'hang' || fault.kind === 'delay' || (fault.kind === 'cut' && fault.hangs)
      ? shortTimeoutMs
      : requestTimeoutMs;

  /** A store whose first request of `method` meets `fault`, and one beside it on a good network. */
  const storesWith = async (method: string, fault: BlobFault) => {
    const direct = await newContainer();
    const proxy = await blobProxy((request) => (request.method === method && request.nth === 1 ? fault : undefined));
    const service = blobServiceFromConnectionString(proxy.connectionString);
    const container = service.getContainerClient(direct.containerName);
    const store = new BlobLockStore(container, { requestTimeoutMs: timeoutFor(fault) });
    return { store, direct: storeIn(direct), proxy };
  };

  it('makes one request per call', async () => {
    const { store, proxy } = await storesWith('none', { kind: 'drop-request' });
    const first = written(await store.put(name, heldBy('first'), 'absent'));
    expect(proxy.count()).toBe(1);
    await store.read(name);
    expect(proxy.count()).toBe(2);
    await store.put(name, heldBy('second'), 'absent');
    expect(proxy.count()).toBe(3);
    await store.delete(name, first.version);
    expect(proxy.count()).toBe(4);
  });

  it.each<[string, BlobFault]>([
    ['the answer is lost', { kind: 'drop-answer' }],
    ['the answer does not come in time', { kind: 'hang' }],
    ['the server fails afterwards', { kind: 'answer', status: 500, code: 'InternalError', isApplied: true }],
    ['the answer has no ETag', { kind: 'change-headers', headers: { etag: undefined } }],
  ])('does not know of a write that was applied, and does not send it again, if %s', async (_, fault) => {
    const { store, direct, proxy } = await storesWith('PUT', fault);
    expect(await store.put(name, heldBy('first'), 'absent')).toMatchObject({ kind: 'unknown' });
    expect(proxy.count()).toBe(1);
    await expect.poll(() => direct.read(name), patiently).toMatchObject({ record: heldBy('first') });
  });

  it.each<[string, BlobFault]>([
    ['the request is lost', { kind: 'drop-request' }],
    ['the server fails', { kind: 'answer', status: 503, code: 'ServerBusy', isApplied: false }],
  ])('does not know of a write that was not applied, and does not send it again, if %s', async (_, fault) => {
    const { store, direct, proxy } = await storesWith('PUT', fault);
    expect(await store.put(name, heldBy('first'), 'absent')).toMatchObject({ kind: 'unknown' });
    expect(proxy.count()).toBe(1);
    expect(await direct.read(name)).toBeUndefined();
  });

  it.each<[string, BlobFault]>([
    ['the answer is lost', { kind: 'drop-answer' }],
    ['the answer does not come in time', { kind: 'hang' }],
    ['the server fails afterwards', { kind: 'answer', status: 500, code: 'InternalError', isApplied: true }],
  ])('does not know of a deletion that was applied if %s', async (_, fault) => {
    const { store, direct } = await storesWith('DELETE', fault);
    const { version } = written(await direct.put(name, heldBy('first'), 'absent'));
    expect(await store.delete(name, version)).toMatchObject({ kind: 'unknown' });
    await expect.poll(() => direct.read(name), patiently).toBeUndefined();
  });

  it.each<[string, BlobFault]>([
    ['the request is lost', { kind: 'drop-request' }],
    ['the answer is lost', { kind: 'drop-answer' }],
    ['the answer does not come in time', { kind: 'hang' }],
    ['the answer breaks off', { kind: 'cut', hangs: false }],
    ['the rest of the answer does not come in time', { kind: 'cut', hangs: true }],
    ['the server fails', { kind: 'answer', status: 503, code: 'ServerBusy', isApplied: false }],
  ])('rejects a read with an error that may pass if %s', async (_, fault) => {
    const { store, direct, proxy } = await storesWith('GET', fault);
    await direct.put(name, heldBy('first'), 'absent');
    await expect(store.read(name)).rejects.toMatchObject({ name: 'LockStoreError', isTransient: true });
    expect(proxy.count('GET')).toBe(1);
  });

  it('has a write applied that it has given up, if nothing else was written meanwhile', async () => {
    const release = Promise.withResolvers<void>();
    const { store, direct } = await storesWith('PUT', { kind: 'delay', until: release.promise });
    expect(await store.put(name, heldBy('late'), 'absent')).toMatchObject({ kind: 'unknown' });
    expect(await direct.read(name)).toBeUndefined();
    release.resolve();
    await expect.poll(() => direct.read(name), patiently).toMatchObject({ record: heldBy('late') });
  });

  it('does not have a late write applied on top of another', async () => {
    const release = Promise.withResolvers<void>();
    const { store, direct, proxy } = await storesWith('PUT', { kind: 'delay', until: release.promise });
    const first = written(await direct.put(name, heldBy('first'), 'absent'));
    expect(await store.put(name, heldBy('late'), first)).toMatchObject({ kind: 'unknown' });
    const second = written(await direct.put(name, heldBy('second'), first));
    release.resolve();
    await expect.poll(() => proxy.answered(), patiently).toBe(1);
    expect(await direct.read(name)).toMatchObject({ record: heldBy('second'), version: second.version });
  });

  const lastModified = 'Mon, 19 Feb 2024 00:24:11 GMT';
  const writtenAt = Date.UTC(2024, 1, 19, 0, 24, 11);

  it('shows both times as the answer has them', async () => {
    const headers = { 'last-modified': lastModified, date: 'Mon, 19 Feb 2024 00:24:51 GMT' };
    const { store, direct } = await storesWith('GET', { kind: 'change-headers', headers });
    await direct.put(name, heldBy('first'), 'absent');
    expect(await store.read(name)).toMatchObject({ writtenAt, observedAt: writtenAt + 40_000 });
  });

  it('gives a lock no age if the answer has no Date', async () => {
    const headers = { 'last-modified': lastModified, date: undefined };
    const { store, direct } = await storesWith('GET', { kind: 'change-headers', headers });
    await direct.put(name, heldBy('first'), 'absent');
    expect(await store.read(name)).toMatchObject({ writtenAt, observedAt: writtenAt });
  });
});
