import { BlobServiceClient, type StoragePipelineOptions } from '@azure/storage-blob';

/**
 * One try per call. The SDK's own retries would repeat a write whose answer was lost and report the conflict of the second
 * one only, and they wait longer than a lock is valid. Whoever calls knows what may be repeated, and for how long.
 */
const clientOptions: StoragePipelineOptions = { retryOptions: { maxTries: 1 } };

/**
 * The Blob service that a connection string names, as the adapters here expect it. It connects with the first request.
 *
 * @throws Error if the text is no connection string.
 */
export const blobServiceFromConnectionString = (connectionString: string): BlobServiceClient =>
  BlobServiceClient.fromConnectionString(connectionString, clientOptions);
