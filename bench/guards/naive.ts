import { BlobServiceClient } from '@azure/storage-blob';
import { connectionString } from './access.ts';
import { lockContainer, type MakeGuard } from './guard.ts';
import { lockBlobName, sampleCreate } from './sample-lock.ts';

/**
 * The lock that is written first: look, create, work, delete. Two can find nothing and both create, and a duplicate that
 * comes when the work is done is worked on again. The SDK with its defaults.
 */
export const makeGuard: MakeGuard = async ({ blobs }) => {
  const container = BlobServiceClient.fromConnectionString(connectionString(blobs)).getContainerClient(lockContainer);
  const { content, metadata } = sampleCreate;
  return {
    paths: {
      new: async (id) => {
        const blob = container.getBlockBlobClient(lockBlobName(id));
        if (await blob.exists()) throw new Error(`The message ID ${id} has an active lock`);
        await blob.upload(content, content.length, { metadata });
        await blob.delete();
      },
    },
  };
};
