import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ContainerClient } from '@azure/storage-blob';
import { afterEach, describe, expect, it } from 'vitest';
import { connectionString } from '../../bench/guards/access.ts';
import { account, BlobService } from '../../bench/servers/blob-service.ts';
import { OldLocks } from '../../bench/servers/old-locks.ts';
import { BlobLockCatalog } from '../../src/adapters/azure-blob/blob-lock-catalog.ts';
import { BlobLockStore } from '../../src/adapters/azure-blob/blob-lock-store.ts';
import { blobServiceFromConnectionString } from '../../src/adapters/azure-blob/blob-service.ts';
import { seconds } from '../../src/domain/time.ts';
import { describeLockCatalog } from '../contracts/lock-catalog.contract.ts';
import { describeLockStore } from '../contracts/lock-store.contract.ts';

const requestTimeoutMs = seconds(30);
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** An empty service with a container, and the SDK's client for that. */
async function emptyService(): Promise<{ readonly service: BlobService; readonly container: ContainerClient }> {
  const service = new BlobService();
  const server = createServer({ keepAliveTimeout: 60_000 }, service.onRequest).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const http = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${account}`;
  const client = blobServiceFromConnectionString(connectionString({ http, https: '' }));
  return { service, container: client.getContainerClient('locks') };
}

// The clients that the bench compares meet the same rules here as at the service.
describeLockStore("BlobLockStore on the bench's blob service", async () => {
  const { container } = await emptyService();
  return new BlobLockStore(container, { requestTimeoutMs });
});

describeLockCatalog("BlobLockCatalog on the bench's blob service", async () => {
  const { container } = await emptyService();
  return {
    store: new BlobLockStore(container, { requestTimeoutMs }),
    catalog: new BlobLockCatalog(container, { requestTimeoutMs }),
    plantForeign: async (name) => void (await container.getBlockBlobClient(name).upload('foreign', 7)),
  };
});

describe("the bench's blob service", () => {
  it('lets nobody but the holder of a lease write or delete the blob', async () => {
    const { container } = await emptyService();
    const blob = container.getBlockBlobClient('leased');
    await blob.upload('', 0);
    const lease = blob.getBlobLeaseClient();
    await lease.acquireLease(30);
    await expect(blob.getBlobLeaseClient().acquireLease(30)).rejects.toMatchObject({ code: 'LeaseAlreadyPresent' });
    await expect(blob.upload('x', 1)).rejects.toMatchObject({ code: 'LeaseIdMissing' });
    await expect(blob.delete()).rejects.toMatchObject({ code: 'LeaseIdMissing' });
    const conditions = { leaseId: lease.leaseId };
    await blob.upload('x', 1, { conditions });
    await blob.delete({ conditions });
    expect(await blob.exists()).toBe(false);
  });

  it('lets a blob be leased again after its release', async () => {
    const { container } = await emptyService();
    const blob = container.getBlockBlobClient('leased');
    await blob.upload('', 0);
    const lease = blob.getBlobLeaseClient();
    await lease.acquireLease(30);
    await lease.releaseLease();
    await blob.getBlobLeaseClient().acquireLease(30);
    await expect(blob.delete()).rejects.toMatchObject({ code: 'LeaseIdMissing' });
  });

  it('refuses a lease on a blob that is not there', async () => {
    const { container } = await emptyService();
    const lease = container.getBlockBlobClient('none').getBlobLeaseClient();
    await expect(lease.acquireLease(30)).rejects.toMatchObject({ statusCode: 404 });
  });

  it('counts every request once, and answers no earlier than it is told', async () => {
    const { service, container } = await emptyService();
    service.latencyMs = 50;
    const start = performance.now();
    await container.getBlockBlobClient('any').upload('x', 1);
    expect(performance.now() - start).toBeGreaterThan(49);
    expect(service.requests).toBe(1);
  });

  it('lists old locks and stored blobs, each once, whatever the size of the pages', async () => {
    const { service, container } = await emptyService();
    service.oldLocks = new OldLocks({ folder: 'locks/queue', count: 10, oneDueIn: 2 });
    for (const name of ['queue/a', 'queue/b', 'queue/c']) await container.getBlockBlobClient(name).upload('', 0);
    for (const maxPageSize of [1, 3, 10, 12, 13, 100]) {
      const names: string[] = [];
      for await (const page of container.listBlobsFlat({ prefix: 'queue/' }).byPage({ maxPageSize })) {
        expect(page.segment.blobItems.length).toBeLessThanOrEqual(maxPageSize);
        names.push(...page.segment.blobItems.map(({ name }) => name));
      }
      expect(new Set(names).size).toBe(13);
      expect(names).toHaveLength(13);
    }
  });

  it('deletes an old lock on its version only, and once', async () => {
    const { service, container } = await emptyService();
    service.oldLocks = new OldLocks({ folder: 'locks/queue', count: 3, oneDueIn: 2 });
    const store = new BlobLockStore(container, { requestTimeoutMs });
    const pages = new BlobLockCatalog(container, { requestTimeoutMs }).pages('queue');
    const { value: page } = await pages.next();
    const [first, second] = page?.locks ?? [];
    if (first === undefined || second === undefined) throw new Error('Nothing was listed.');
    expect(await store.delete(first.name, second.version)).toEqual({ kind: 'conflict' });
    expect(await store.delete(first.name, first.version)).toMatchObject({ kind: 'written' });
    expect(await store.delete(first.name, first.version)).toEqual({ kind: 'conflict' });
  });
});
