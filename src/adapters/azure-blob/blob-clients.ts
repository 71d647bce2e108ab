import type { BlockBlobClient, ContainerClient } from '@azure/storage-blob';

/** The most clients that are kept: each is some kilobytes of URLs and options. */
const mostKept = 500;

/**
 * The blobs of one container. A blob that is asked for again soon has the same client again: the SDK's clients are cheap to
 * use but expensive to create, and whoever writes a lock once writes it again.
 */
export class BlobClients {
  readonly #container: ContainerClient;
  readonly #kept = new Map<string, BlockBlobClient>();

  constructor(container: ContainerClient) {
    this.#container = container;
  }

  /** For a blob that is about to be asked for again. */
  of(name: string): BlockBlobClient {
    const known = this.#kept.get(name);
    if (known !== undefined) return known;
    const client = this.#container.getBlockBlobClient(name);
    this.#kept.set(name, client);
    if (this.#kept.size > mostKept) this.#dropOldest();
    return client;
  }

  /** For a blob that most likely nobody asks for again. A client that is not kept costs the garbage collector least. */
  lastOf(name: string): BlockBlobClient {
    const known = this.#kept.get(name);
    this.#kept.delete(name);
    return known ?? this.#container.getBlockBlobClient(name);
  }

  /** A Map has its keys in the order of insertion. */
  #dropOldest(): void {
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined) this.#kept.delete(oldest);
  }
}
