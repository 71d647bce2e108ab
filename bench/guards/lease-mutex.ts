import { BlobServiceClient, RestError } from '@azure/storage-blob';
import { connectionString } from './access.ts';
import { lockContainer, type MakeGuard } from './guard.ts';
import { lockBlobName } from './sample-lock.ts';

/**
 * A mutex by blob lease in the order of DistributedLock.Azure: acquire the lease; there is no blob, so create it and acquire
 * again; delete it in the end. It says "busy now" and never "done". The SDK with its defaults.
 *
 * Source: madelson/DistributedLock, `AzureBlobLeaseDistributedLock`.
 */
export const makeGuard: MakeGuard = async ({ blobs }) => {
  const container = BlobServiceClient.fromConnectionString(connectionString(blobs)).getContainerClient(lockContainer);
  return {
    paths: {
      new: async (id) => {
        const blob = container.getBlockBlobClient(lockBlobName(id));
        const lease = blob.getBlobLeaseClient();
        try {
          await lease.acquireLease(30);
        } catch (error) {
          if (!(error instanceof RestError) || error.statusCode !== 404) throw error;
          await blob.upload('', 0, { conditions: { ifNoneMatch: '*' }, metadata: { distributedlock: '1' } });
          await lease.acquireLease(30);
        }
        await blob.delete({ conditions: { leaseId: lease.leaseId } });
      },
    },
  };
};
