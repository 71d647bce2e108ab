import { BlobServiceClient } from '@azure/storage-blob';
import { connectionString, tokenCredential } from './access.ts';
import { bareCalls } from './bare-sdk.ts';
import { lockContainer, type MakeGuard } from './guard.ts';

/** Bare calls of the SDK with its defaults ("SD"). */
export const makeGuard: MakeGuard = async ({ blobs, access }) => {
  const service =
    access === 'key'
      ? BlobServiceClient.fromConnectionString(connectionString(blobs))
      : new BlobServiceClient(blobs.https, tokenCredential);
  return bareCalls(service.getContainerClient(lockContainer));
};
