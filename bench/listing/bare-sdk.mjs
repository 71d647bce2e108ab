import { BlobServiceClient } from '@azure/storage-blob';

// Lists all locks with the SDK, as it is usually written, and prints a line of nothing for each.
const [container, prefix] = process.argv.slice(2);
const service = BlobServiceClient.fromConnectionString(process.env.LockStorage);
const pages = service.getContainerClient(container).listBlobsFlat({ prefix, includeMetadata: true });
for await (const { segment } of pages.byPage({ maxPageSize: 2500 })) {
  process.stdout.write('\n'.repeat(segment.blobItems.length));
}
