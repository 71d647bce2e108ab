import type { BlobItem, ContainerClient, ContainerListBlobFlatSegmentResponse } from '@azure/storage-blob';
import type { ListedLock, LockCatalog, LockPage } from '../../application/ports/lock-catalog.ts';
import { LockStoreError, type LockVersion } from '../../application/ports/lock-store.ts';
import { escapeId, unescapeId, unescapeText } from '../../domain/escaped-id.ts';
import { isLockState } from '../../domain/lock-document.ts';
import type { LockName } from '../../domain/lock-name.ts';
import { type DurationMs, storeTime } from '../../domain/time.ts';
import { storageErrorText } from './storage-error-text.ts';
import { mayPass } from './storage-errors.ts';

/** The most that the service lists in one answer. Source: Microsoft, "List Blobs", maxresults. */
const pageSize = 5000;

/** Lists the lock blobs of a container by their names and metadata, one request a page. */
export class BlobLockCatalog implements LockCatalog {
  readonly #container: ContainerClient;
  readonly #requestTimeoutMs: DurationMs;

  constructor(container: ContainerClient, { requestTimeoutMs }: { readonly requestTimeoutMs: DurationMs }) {
    this.#container = container;
    this.#requestTimeoutMs = requestTimeoutMs;
  }

  async *pages(scope: string): AsyncGenerator<LockPage> {
    const prefix = `${escapeId(scope)}/lock-`;
    let continuationToken: string | undefined;
    do {
      const page = await this.#page(prefix, continuationToken);
      continuationToken = page.continuationToken || undefined;
      // Without a Date nothing has an age.
      const observedAt = storeTime(page.date?.getTime() ?? 0);
      yield { locks: page.segment.blobItems.flatMap((item) => listedLock(item) ?? []), observedAt };
    } while (continuationToken !== undefined);
  }

  async #page(prefix: string, continuationToken: string | undefined): Promise<ContainerListBlobFlatSegmentResponse> {
    // A page is longer than a lock, and takes longer.
    const abortSignal = AbortSignal.timeout(10 * this.#requestTimeoutMs);
    try {
      const pages = this.#container
        .listBlobsFlat({ prefix, includeMetadata: true, abortSignal })
        .byPage({ maxPageSize: pageSize, ...(continuationToken !== undefined && { continuationToken }) });
      const { value } = await pages.next();
      return value;
    } catch (cause) {
      throw new LockStoreError(
        `Could not list the locks in the container "${this.#container.containerName}": ${storageErrorText(cause)}`,
        { isTransient: mayPass(cause), cause },
      );
    }
  }
}

/** Undefined for a blob that does not say in its metadata that it is a lock. */
function listedLock({ name, metadata = {}, properties }: BlobItem): ListedLock | undefined {
  const messageId = unescapeId(metadata['messageid'] ?? '');
  const source = metadata['source'] === undefined ? undefined : unescapeText(metadata['source']);
  const state = metadata['state'];
  if (messageId === undefined || !isLockState(state)) return undefined;
  return {
    name: name as LockName,
    messageId,
    source,
    state,
    owner: metadata['owner'] === undefined ? undefined : unescapeText(metadata['owner']),
    // A listing shows ETags without their quotes; every other answer and every condition has them.
    version: `"${properties.etag.replaceAll('"', '')}"` as LockVersion,
    writtenAt: storeTime(properties.lastModified.getTime()),
  };
}
