import type { BlobItem, ContainerClient, ContainerListBlobFlatSegmentResponse } from '@azure/storage-blob';
import {
  type ListedLock,
  type ListingOptions,
  type LockCatalog,
  type LockPage,
  largestPage,
} from '../../application/ports/lock-catalog.ts';
import { LockStoreError, type LockVersion } from '../../application/ports/lock-store.ts';
import { escapeId, unescapeId, unescapeText } from '../../domain/escaped-id.ts';
import { isLockState } from '../../domain/lock-document.ts';
import type { LockName } from '../../domain/lock-name.ts';
import { type DurationMs, storeTime } from '../../domain/time.ts';
import { prefixesAfter } from './prefixes-after.ts';
import { storageErrorText } from './storage-error-text.ts';
import { mayPass } from './storage-errors.ts';

/** Where a page begins. */
interface PageStart {
  readonly prefix: string;
  /** What the page before gave. */
  readonly marker?: string | undefined;
  /** A name, included. */
  readonly from?: string | undefined;
}

/** Lists the lock blobs of a container by their names and metadata, one request a page. */
export class BlobLockCatalog implements LockCatalog {
  readonly #container: ContainerClient;
  readonly #requestTimeoutMs: DurationMs;

  constructor(container: ContainerClient, { requestTimeoutMs }: { readonly requestTimeoutMs: DurationMs }) {
    this.#container = container;
    this.#requestTimeoutMs = requestTimeoutMs;
  }

  async *pages(scope: string, { after, pageSize = () => largestPage }: ListingOptions = {}): AsyncGenerator<LockPage> {
    const prefix = `${escapeId(scope)}/lock-`;
    let nth = 0;
    const size = () => pageSize(nth++);
    const first = await this.#page({ prefix, from: after }, size());
    const [firstName] = first.names;
    if (after === undefined || firstName === undefined || firstName >= after) {
      yield* this.#withFollowing(first, prefix, size, after);
      return;
    }
    // A service before version 2026-02-06 does not know where to start from: it has begun with the first.
    for (const part of prefixesAfter(after, prefix)) {
      yield* this.#withFollowing(await this.#page({ prefix: part }, size()), part, size);
    }
  }

  /** A page without the lock `after`, and those that follow it. */
  async *#withFollowing(
    first: LockPage & Continued,
    prefix: string,
    size: () => number,
    after?: LockName,
  ): AsyncGenerator<LockPage> {
    yield { ...first, locks: first.locks.filter(({ name }) => name !== after) };
    for (let { marker } = first; marker !== undefined; ) {
      const page = await this.#page({ prefix, marker }, size());
      yield page;
      marker = page.marker;
    }
  }

  async #page({ prefix, marker, from }: PageStart, maxPageSize: number): Promise<LockPage & Continued> {
    // A page is longer than a lock, and takes longer.
    const abortSignal = AbortSignal.timeout(10 * this.#requestTimeoutMs);
    try {
      const pages = this.#container
        .listBlobsFlat({ prefix, includeMetadata: true, abortSignal, ...(from !== undefined && { startFrom: from }) })
        .byPage({ maxPageSize, ...(marker !== undefined && { continuationToken: marker }) });
      const { value } = await pages.next();
      const { segment, continuationToken, date }: ContainerListBlobFlatSegmentResponse = value;
      const names = segment.blobItems.map(({ name }) => name);
      return {
        names,
        marker: continuationToken || undefined,
        locks: segment.blobItems.flatMap((item) => listedLock(item) ?? []),
        last: names.at(-1) as LockName | undefined,
        // Without a Date nothing has an age.
        observedAt: storeTime(date?.getTime() ?? 0),
      };
    } catch (cause) {
      throw new LockStoreError(
        `Could not list the locks in the container "${this.#container.containerName}": ${storageErrorText(cause)}`,
        { isTransient: mayPass(cause), cause },
      );
    }
  }
}

/** What a page says besides its locks. */
interface Continued {
  readonly names: readonly string[];
  readonly marker: string | undefined;
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
