import { randomUUID } from 'node:crypto';
import { expect, inject, it } from 'vitest';
import { blobServiceFromConnectionString } from '../../../src/adapters/azure-blob/blob-service.ts';
import { createContainers } from '../../../src/adapters/azure-blob/create-containers.ts';

it('creates the containers that are missing, and leaves the others with what they hold', async () => {
  const service = blobServiceFromConnectionString(inject('blobStorage'));
  const [one, other] = [`test-${randomUUID()}`, `test-${randomUUID()}`] as const;
  await createContainers(service, [one]);
  await service.getContainerClient(one).getBlockBlobClient('kept').upload('text', 4);

  await createContainers(service, [one, other]);
  expect(await service.getContainerClient(one).getBlobClient('kept').exists()).toBe(true);
  expect(await service.getContainerClient(other).exists()).toBe(true);
});
