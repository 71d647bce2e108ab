import type { TokenCredential } from '@azure/identity';
import { BlobServiceClient, type StoragePipelineOptions, StorageSharedKeyCredential } from '@azure/storage-blob';
import { KeyCredential } from './key-credential.ts';
import { SharedKey } from './shared-key.ts';
import { SharedKeyTransport } from './shared-key-transport.ts';
import { sender } from './undici-sender.ts';
import { UndiciTransport } from './undici-transport.ts';

const transport = new UndiciTransport(sender);

/**
 * One try per call. The SDK's own retries would repeat a write whose answer was lost and report the conflict of the second
 * one only, and they wait longer than a lock is valid. Whoever calls knows what may be repeated, and for how long.
 */
const clientOptions: StoragePipelineOptions = {
  retryOptions: { maxTries: 1 },
  httpClient: transport,
};

/**
 * The Blob service that a connection string names, as the adapters here expect it. It connects with the first request.
 *
 * @throws Error if the text is not a connection string.
 */
export function blobServiceFromConnectionString(connectionString: string): BlobServiceClient {
  const service = BlobServiceClient.fromConnectionString(connectionString, clientOptions);
  const [, key] = /(?:^|;)\s*AccountKey=([^;]*)/.exec(connectionString) ?? [];
  const { url, credential } = service;
  if (key === undefined || !(credential instanceof StorageSharedKeyCredential)) return service;
  const signer = new SharedKey(credential.accountName, key);
  const signing = new SharedKeyTransport(signer, transport);
  return new BlobServiceClient(url, new KeyCredential(signer), { ...clientOptions, httpClient: signing });
}

/**
 * The Blob service at `uri`, reached as an identity that may read, write and delete blobs (role "Storage Blob Data Contributor").
 * It connects, and asks for a token, with the first request.
 */
export const blobServiceFromIdentity = (uri: string, credential: TokenCredential): BlobServiceClient =>
  new BlobServiceClient(uri, credential, clientOptions);
