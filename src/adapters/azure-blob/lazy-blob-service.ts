import type { TokenCredential } from '@azure/identity';
import type { BlobServiceClient } from '@azure/storage-blob';
import { blobAccount } from './blob-account.ts';
import type { LazyContainer } from './blob-container.ts';
import { SharedKey } from './shared-key.ts';

/** What makes the SDK's client, once it is loaded. */
type BlobServices = typeof import('./blob-service.ts');

/**
 * The Blob service of an account, whose SDK is loaded when one of its operations is first needed. It would be the largest part of
 * what a Function App loads at its start, and locks need none of it.
 */
export class LazyBlobService {
  /** With a shared access signature, if there is one. */
  readonly url: string;
  /** The SDK's client. It shares its connections with the direct requests. */
  readonly client: () => Promise<BlobServiceClient>;
  readonly #credential: object;

  /** @throws Error if the text is not a connection string. */
  static byConnectionString(connectionString: string): LazyBlobService {
    const { url, key } = blobAccount(connectionString);
    const credential = key === undefined ? {} : { key: new SharedKey(key.account, key.secret) };
    return new LazyBlobService(url, credential, (made) => made.blobServiceFromConnectionString(connectionString));
  }

  /** As an identity that may read, write and delete blobs (role "Storage Blob Data Contributor"). */
  static asIdentity(uri: string, credential: TokenCredential): LazyBlobService {
    return new LazyBlobService(uri, credential, (made) => made.blobServiceFromIdentity(uri, credential));
  }

  private constructor(url: string, credential: object, make: (services: BlobServices) => BlobServiceClient) {
    this.url = url;
    this.#credential = credential;
    let made: Promise<BlobServiceClient> | undefined;
    this.client = () => {
      made ??= import('./blob-service.ts').then(make);
      return made;
    };
  }

  container(name: string): LazyContainer {
    const url = new URL(this.url);
    url.pathname = `${url.pathname.replace(/\/$/, '')}/${encodeURIComponent(name)}`;
    return {
      url: url.toString(),
      containerName: name,
      credential: this.#credential,
      client: async () => (await this.client()).getContainerClient(name),
    };
  }
}
