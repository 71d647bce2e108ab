import { randomUUID } from 'node:crypto';
import type { ContainerClient } from '@azure/storage-blob';
import { inject } from 'vitest';
import { blobServiceFromConnectionString } from '../../src/adapters/azure-blob/blob-service.ts';

/** A container that no other test knows. It ends with Azurite: deleting blobs one by one there takes long. */
export async function newContainer(connectionString = inject('blobStorage')): Promise<ContainerClient> {
  const container = blobServiceFromConnectionString(connectionString).getContainerClient(`test-${randomUUID()}`);
  await container.create();
  return container;
}
