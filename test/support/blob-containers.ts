import { randomUUID } from 'node:crypto';
import type { BlobItem, ContainerClient } from '@azure/storage-blob';
import { inject } from 'vitest';
import { blobServiceFromConnectionString } from '../../src/adapters/azure-blob/blob-service.ts';

/** A container that no other test knows. It ends with Azurite: deleting blobs one by one there takes long. */
export async function newContainer(connectionString = inject('blobStorage')): Promise<ContainerClient> {
  const container = blobServiceFromConnectionString(connectionString).getContainerClient(`test-${randomUUID()}`);
  await container.create();
  return container;
}

/** The blobs in a container of locks without those that are about a whole scope. */
export async function* lockBlobs(container: ContainerClient): AsyncGenerator<BlobItem> {
  for await (const blob of container.listBlobsFlat({ includeMetadata: true })) {
    if (!/[/](?:sweep|layout|id-of|scope)\.json$/.test(blob.name)) yield blob;
  }
}
