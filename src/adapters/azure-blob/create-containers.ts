import type { BlobServiceClient } from '@azure/storage-blob';

/** Creates those of the containers that are missing. For local use: elsewhere the deployment creates them, and one request per start is saved. */
export async function createContainers(service: BlobServiceClient, names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => service.getContainerClient(name).createIfNotExists()));
}
