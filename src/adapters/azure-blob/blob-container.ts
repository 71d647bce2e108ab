import type { ContainerClient } from '@azure/storage-blob';

/**
 * A container of blobs, as far as requests are sent to it directly: the SDK's client of it is one. `url` ends with a shared
 * access signature if there is one; otherwise `credential` says who asks.
 */
export interface BlobContainer {
  readonly url: string;
  readonly containerName: string;
  readonly credential: object;
}

/** A container whose SDK is loaded when one of its operations is first needed. */
export interface LazyContainer extends BlobContainer {
  readonly client: () => Promise<ContainerClient>;
}

/** The SDK's client of a container. */
export const clientOf = async (container: ContainerClient | LazyContainer): Promise<ContainerClient> =>
  'client' in container ? container.client() : container;
