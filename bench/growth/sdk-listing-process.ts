import { BlobServiceClient } from '@azure/storage-blob';
import { connectionString } from '../guards/access.ts';
import { lockContainer, lockScope } from '../guards/guard.ts';
import { serveCalls } from '../processes/serve-calls.ts';
import type { BlobAddresses } from '../servers/blob-process.ts';

serveCalls({
  /** Lists the locks by the SDK with its defaults, and looks at no more than how many there are: CPU per blob, in microseconds. */
  list: async (blobs: BlobAddresses): Promise<number> => {
    const container = BlobServiceClient.fromConnectionString(connectionString(blobs)).getContainerClient(lockContainer);
    const cpu = process.cpuUsage();
    let listed = 0;
    const locks = container.listBlobsFlat({ prefix: `${lockScope}/lock-`, includeMetadata: true });
    for await (const { segment } of locks.byPage({ maxPageSize: 5000 })) listed += segment.blobItems.length;
    const { user, system } = process.cpuUsage(cpu);
    return (user + system) / listed;
  },
});
