import {
  type ListedLock,
  type ListingOptions,
  type LockCatalog,
  type LockPage,
  largestPage,
} from '../../application/ports/lock-catalog.ts';
import { LockStoreError, type LockVersion } from '../../application/ports/lock-store.ts';
import { escapeId, unescapeId, unescapeText } from '../../domain/escaped-id.ts';
import { fingerprint } from '../../domain/fingerprint.ts';
import { isLockState } from '../../domain/lock-document.ts';
import { type LockName, layoutOf } from '../../domain/lock-name.ts';
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
    // The whole folder: of either layout, and of both while they are moved. Markers of the scope are there, too.
    const prefix = `${escapeId(scope)}/`;
    let nth = 0;
    const page = (range: Omit<ListedRange, 'mostNames'>) => this.#page(scope, range, pageSize(nth++));
    const first = await page({ prefix, startFrom: after });
    if (after === undefined || first.first === undefined || first.first >= after) {
      yield* withFollowing(first, (marker) => page({ prefix, marker }), after);
      return;
    }
    // A service before version 2026-02-06 does not know where to start from: it has begun with the first.
    for (const part of prefixesAfter(after, prefix)) {
      yield* withFollowing(await page({ prefix: part }), (marker) => page({ prefix: part, marker }));
    }
  }

  async #page(scope: string, range: Omit<ListedRange, 'mostNames'>, mostNames: number): Promise<LockPage & Continued> {
    try {
      // A page is longer than a lock, and takes longer.
      const signal = AbortSignal.timeout(10 * this.#requestTimeoutMs);
      const listing = await listDirectly(this.#requests, { ...range, mostNames }, signal);
      const { nextMarker, date } = listing;
      const blobs = listing.blobs.filter(({ name }) => layoutOf(scope, name) !== undefined);
      return {
        first: listing.blobs[0]?.name,
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

/** A page without the lock `after`, and those that follow it. */
async function* withFollowing(
  first: LockPage & Continued,
  next: (marker: string) => Promise<LockPage & Continued>,
  after?: LockName,
): AsyncGenerator<LockPage> {
  yield { ...first, locks: first.locks.filter(({ name }) => name !== after) };
  for (let { marker } = first; marker !== undefined; ) {
    const page = await next(marker);
    yield page;
    marker = page.marker;
  }
}

/** Undefined for a blob that does not say in its metadata that it is a lock. */
function listedLock({ name, etag, lastModified, metadata }: ScannedBlob): ListedLock | undefined {
  const messageId = unescapeId(metadata('messageid') ?? '');
  const state = metadata('state');
  if (messageId === undefined || !isLockState(state)) return undefined;
  const print = metadata('fingerprint');
  return {
    name: name as LockName,
    messageId,
    source: unescaped(metadata('source')),
    state,
    owner: unescaped(metadata('owner')),
    fingerprint: print === undefined ? undefined : fingerprint(print),
    // A listing shows ETags without their quotes; every other answer and every condition has them.
    version: `"${etag.replaceAll('"', '')}"` as LockVersion,
    writtenAt: storeTime(lastModified.getTime()),
  };
}

const unescaped = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : unescapeText(text);
