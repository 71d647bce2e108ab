import { describe, expect, it } from 'vitest';
import { BlobFencedStore } from '../../../src/adapters/azure-blob/blob-fenced-store.ts';
import { blobServiceFromConnectionString } from '../../../src/adapters/azure-blob/blob-service.ts';
import { durationMs, seconds } from '../../../src/domain/time.ts';
import { content, describeFencedStore, fence } from '../../contracts/fenced-store.contract.ts';
import { newContainer } from '../../support/blob-containers.ts';
import { type BlobFault, blobProxy } from '../../support/blob-proxy.ts';
import { paced } from '../../support/machine-speed.ts';

const requestTimeoutMs = seconds(10);

/** A store whose first requests of each method meet `faults`, one after the other, and a look past the network. */
async function storeWith(
  faults: Readonly<Record<string, readonly (BlobFault | undefined)[]>>,
  timeoutMs = requestTimeoutMs,
) {
  const container = await newContainer();
  const proxy = await blobProxy(({ method, nth }) => faults[method]?.[nth - 1]);
  const service = blobServiceFromConnectionString(proxy.connectionString);
  const store = new BlobFencedStore(service.getContainerClient(container.containerName), {
    requestTimeoutMs: timeoutMs,
  });
  const stored = async (name: string) => {
    const blob = container.getBlobClient(name);
    const { contentType = '' } = await blob.getProperties();
    return { bytes: new Uint8Array(await blob.downloadToBuffer()), contentType };
  };
  return { store, stored, proxy, container };
}

describeFencedStore('BlobFencedStore', () => storeWith({}));

describe('BlobFencedStore', () => {
  const name = 'queue/m-1';
  const first = fence(1000, 'first');
  const busy: BlobFault = { kind: 'answer', status: 503, code: 'ServerBusy', isApplied: false };

  it('makes one request for the first effect of a name', async () => {
    const { store, proxy } = await storeWith({});
    await store.put(name, content('text'), first);
    expect(proxy.count()).toBe(1);
  });

  it('shows token and owner in the metadata', async () => {
    const { store, container } = await storeWith({});
    await store.put(name, content('text'), fence(1000, 'ö'));
    const { metadata } = await container.getBlobClient(name).getProperties();
    expect(metadata).toMatchObject({ fencingtoken: '1000', owner: '~C3~B6' });
  });

  it.each<[string, BlobFault]>([
    ['the answer is lost', { kind: 'drop-answer' }],
    ['the server fails afterwards', { kind: 'answer', status: 500, code: 'InternalError', isApplied: true }],
    ['the answer has no ETag', { kind: 'change-headers', headers: { etag: undefined } }],
  ])('finds out that the effect is stored, without storing it twice, if %s', async (_, fault) => {
    const { store, stored, proxy } = await storeWith({ PUT: [fault] });
    expect(await store.put(name, content('text'), first)).toBe('stored');
    expect(await stored(name)).toEqual(content('text'));
    expect(proxy.count('PUT')).toBe(1);
  });

  it('finds out that the effect is stored if the answer does not come in time', async () => {
    const { store, stored } = await storeWith({ PUT: [{ kind: 'hang' }] }, durationMs(500));
    expect(await store.put(name, content('text'), first)).toBe('stored');
    expect(await stored(name)).toEqual(content('text'));
  });

  it.each<[string, Readonly<Record<string, readonly BlobFault[]>>]>([
    ['a request is lost', { PUT: [{ kind: 'drop-request' }] }],
    ['the server is busy for a while', { PUT: [busy, busy], HEAD: [busy] }],
    [
      'the answer is lost, and so is the first look',
      { PUT: [{ kind: 'drop-answer' }], HEAD: [{ kind: 'drop-answer' }] },
    ],
    [
      'access is being restored',
      { PUT: [{ kind: 'answer', status: 403, code: 'AuthorizationFailure', isApplied: false }] },
    ],
  ])('stores the effect all the same if %s', async (_, faults) => {
    const { store, stored } = await storeWith(faults);
    expect(await store.put(name, content('text'), first)).toBe('stored');
    expect(await stored(name)).toEqual(content('text'));
  });

  it('replaces the effect of an earlier owner although the first answer to that is lost', async () => {
    const { store, stored } = await storeWith({
      PUT: [undefined, { kind: 'drop-answer' }, { kind: 'drop-answer' }],
    });
    await store.put(name, content('before'), first);
    expect(await store.put(name, content('after'), fence(2000, 'second'))).toBe('stored');
    expect(await stored(name)).toEqual(content('after'));
  });

  it('does not take an earlier effect of the same owner for the one whose request was lost', async () => {
    const { store, stored } = await storeWith({
      PUT: [undefined, { kind: 'drop-request' }],
    });
    await store.put(name, content('before'), first);
    expect(await store.put(name, content('after'), first)).toBe('stored');
    expect(await stored(name)).toEqual(content('after'));
  });

  it('is refused if a later owner was there before the lost request could be sent again', async () => {
    const release = Promise.withResolvers<void>();
    const { store, stored, container, proxy } = await storeWith({
      PUT: [{ kind: 'drop-request' }],
      HEAD: [{ kind: 'delay', until: release.promise }],
    });
    const put = store.put(name, content('zombie'), first);
    await expect.poll(() => proxy.count('HEAD')).toBe(1);
    const direct = new BlobFencedStore(container, { requestTimeoutMs });
    expect(await direct.put(name, content('later'), fence(2000, 'second'))).toBe('stored');
    release.resolve();
    expect(await put).toBe('refused');
    expect(await stored(name)).toEqual(content('later'));
  });

  it('does not replace a blob that bears no token, and says so', async () => {
    const { store, stored, container } = await storeWith({});
    await container.getBlockBlobClient(name).upload('foreign', 7);
    await expect(store.put(name, content('text'), first)).rejects.toThrow(
      `Could not store the blob "${name}" in the container "${container.containerName}": a blob with this name exists but has no fencing token`,
    );
    expect(await stored(name)).toMatchObject({ bytes: content('foreign').bytes });
  });

  it('gives up in time, with the reason, when the server stays busy', async () => {
    const timeoutMs = durationMs(paced(200));
    const { store } = await storeWith({ PUT: Array(1000).fill(busy), HEAD: Array(1000).fill(busy) }, timeoutMs);
    await expect(store.put(name, content('text'), first)).rejects.toThrow(
      `within ${3 * timeoutMs} ms: the answer was 503 ServerBusy`,
    );
  });

  it('says at once that the container is missing', async () => {
    const { store, container } = await storeWith({});
    await container.delete();
    await expect(store.put(name, content('text'), first)).rejects.toThrow(
      /404 ContainerNotFound. Create the container/,
    );
  });

  it.each(['../other/m-1', 'queue/..', './m-1', 'queue\\m-1'])('refuses the unsafe name %s', async (unsafe) => {
    const { store, proxy } = await storeWith({});
    await expect(store.put(unsafe, content('text'), first)).rejects.toThrow(RangeError);
    expect(proxy.count()).toBe(0);
  });
});
