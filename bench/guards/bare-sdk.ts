import type { ContainerClient } from '@azure/storage-blob';
import type { Guard } from './guard.ts';
import { lockBlobName, sampleComplete, sampleCreate } from './sample-lock.ts';

/**
 * The two requests that a guard cannot do without, as two calls of the SDK with nothing around them: it decides nothing and
 * protects from nothing. `read` is one download.
 */
export function bareCalls(container: ContainerClient): Guard {
  const blobHTTPHeaders = { blobContentType: 'application/json' };
  return {
    paths: {
      new: async (id) => {
        const blob = container.getBlockBlobClient(lockBlobName(id));
        const { content, metadata } = sampleCreate;
        const { etag = '' } = await blob.upload(content, content.length, {
          conditions: { ifNoneMatch: '*' },
          metadata,
          blobHTTPHeaders,
        });
        const done = sampleComplete;
        await container.getBlockBlobClient(lockBlobName(id)).upload(done.content, done.content.length, {
          conditions: { ifMatch: etag },
          metadata: done.metadata,
          blobHTTPHeaders,
        });
      },
      read: async (id) => {
        const answer = await container.getBlockBlobClient(lockBlobName(id)).download();
        const chunks: Uint8Array[] = [];
        for await (const chunk of answer.readableStreamBody ?? []) chunks.push(Buffer.from(chunk));
        return Buffer.concat(chunks);
      },
    },
  };
}
