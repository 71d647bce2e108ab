import { expect, it } from 'vitest';
import { BlobLockCatalog } from '../../../src/adapters/azure-blob/blob-lock-catalog.ts';
import { BlobMarkerStore } from '../../../src/adapters/azure-blob/blob-marker-store.ts';
import { LockStoreError } from '../../../src/application/ports/lock-store.ts';
import { layoutMarkerName, sweepMarkerName } from '../../../src/domain/marker-name.ts';
import { seconds } from '../../../src/domain/time.ts';
import { describeMarkerStore } from '../../contracts/marker-store.contract.ts';
import { newContainer } from '../../support/blob-containers.ts';

const options = { requestTimeoutMs: seconds(10) };

describeMarkerStore('BlobMarkerStore', async () => new BlobMarkerStore(await newContainer(), options));

it('A marker is in no listing of locks', async () => {
  const container = await newContainer();
  await new BlobMarkerStore(container, options).put(sweepMarkerName('queue'), '{}', 'absent');
  for await (const { locks, last } of new BlobLockCatalog(container, options).pages('queue')) {
    expect({ locks, last }).toEqual({ locks: [], last: undefined });
  }
});

it('What must outlast the locks is not a block blob, so that no lifecycle rule for those deletes it', async () => {
  const container = await newContainer();
  const markers = new BlobMarkerStore(container, options);
  for (const name of [layoutMarkerName('queue'), sweepMarkerName('queue')]) await markers.put(name, '{}', 'absent');
  const types: Record<string, string | undefined> = {};
  for await (const { name, properties } of container.listBlobsFlat()) types[name] = properties.blobType;
  expect(types).toEqual({ 'queue/layout.json': 'AppendBlob', 'queue/sweep.json': 'BlockBlob' });
});

it('A marker in a container that is missing is an error that names both', async () => {
  const container = await newContainer();
  await container.delete();
  const reading = new BlobMarkerStore(container, options).read(sweepMarkerName('queue'));
  await expect(reading).rejects.toThrow(LockStoreError);
  await expect(reading).rejects.toThrow(/"queue\/sweep\.json" in the container "test-.*ContainerNotFound/);
});
