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
import type { BlobContainer } from './blob-container.ts';
import { type ListedRange, listDirectly } from './direct-listing.ts';
import { DirectRequests } from './direct-requests.ts';
import { prefixesAfter } from './prefixes-after.ts';
import type { ScannedBlob } from './scan-listing.ts';
import { storageErrorText } from './storage-error-text.ts';
import { mayPass } from './storage-errors.ts';

/** Lists the lock blobs of a container by their names and metadata, one request a page. */
export class BlobLockCatalog implements LockCatalog {
  readonly #requests: DirectRequests;
  readonly #requestTimeoutMs: DurationMs;

  constructor(container: BlobContainer, { requestTimeoutMs }: { readonly requestTimeoutMs: DurationMs }) {
    this.#requests = new DirectRequests(container);
    this.#requestTimeoutMs = requestTimeoutMs;
  }

  async *pages(scope: string, { after, pageSize = () => largestPage }: ListingOptions = {}): AsyncGenerator<LockPage> {
    const prefix = `${escapeId(scope)}/lock-`;
    let nth = 0;
    const size = () => pageSize(nth++);
    const page = await this.#page({ prefix, startFrom: after }, size());
    if (after === undefined || page.first === undefined || page.first >= after) {
      yield* this.#withFollowing(page, prefix, size, after);
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

  async #page(range: Omit<ListedRange, 'mostNames'>, mostNames: number): Promise<LockPage & Continued> {
    try {
      // A page is longer than a lock, and takes longer.
      const signal = AbortSignal.timeout(10 * this.#requestTimeoutMs);
      const { blobs, nextMarker, date } = await listDirectly(this.#requests, { ...range, mostNames }, signal);
      return {
        first: blobs[0]?.name,
        last: blobs.at(-1)?.name as LockName | undefined,
        marker: nextMarker,
        locks: blobs.flatMap((blob) => listedLock(blob) ?? []),
        // Without a Date nothing has an age.
        observedAt: storeTime(date?.getTime() ?? 0),
      };
    } catch (cause) {
      throw new LockStoreError(
        `Could not list the locks in the container "${this.#requests.containerName}": ${storageErrorText(cause)}`,
        { isTransient: mayPass(cause), cause },
      );
    }
  }
}

/** What a page says besides its locks. */
interface Continued {
  /** The first name, a lock's or not. */
  readonly first: string | undefined;
  readonly marker: string | undefined;
}

/** Undefined for a blob that does not say in its metadata that it is a lock. */
function listedLock({ name, etag, lastModified, metadata }: ScannedBlob): ListedLock | undefined {
  const messageId = unescapeId(metadata('messageid') ?? '');
  const state = metadata('state');
  if (messageId === undefined || !isLockState(state)) return undefined;
  return {
    name: name as LockName,
    messageId,
    source: unescaped(metadata('source')),
    state,
    owner: unescaped(metadata('owner')),
    // A listing shows ETags without their quotes; every other answer and every condition has them.
    version: `"${etag.replaceAll('"', '')}"` as LockVersion,
    writtenAt: storeTime(lastModified.getTime()),
  };
}

const unescaped = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : unescapeText(text);
