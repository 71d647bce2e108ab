import {
  blobServiceFromConnectionString,
  blobServiceFromIdentity,
} from '../../src/adapters/azure-blob/blob-service.ts';
import { connectionString, tokenCredential } from './access.ts';
import { bareCalls } from './bare-sdk.ts';
import { lockContainer, type MakeGuard } from './guard.ts';

/** Bare calls of the SDK with the product's own client: the same credential, transport and options ("S"). */
export const makeGuard: MakeGuard = async ({ blobs, access }) => {
  const service =
    access === 'bearer'
      ? blobServiceFromIdentity(blobs.https, tokenCredential)
      : blobServiceFromConnectionString(connectionString(blobs));
  return bareCalls(service.getContainerClient(lockContainer));
};
