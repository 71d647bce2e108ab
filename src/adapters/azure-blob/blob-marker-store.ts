import {
  LockStoreError,
  type Revision,
  type WriteCondition,
  type WriteResult,
} from '../../application/ports/lock-store.ts';
import type { MarkerStore, StoredMarker } from '../../application/ports/marker-store.ts';
import { type MarkerName, outlastsRetention } from '../../domain/marker-name.ts';
import type { DurationMs } from '../../domain/time.ts';
import type { BlobContainer } from './blob-container.ts';
import { conditionalWrite, revisionIn, timeIn } from './conditional-write.ts';
import { DirectRequests } from './direct-requests.ts';
import { putBlob } from './put-blob.ts';
import { storageErrorText } from './storage-error-text.ts';
import { mayPass, storageFailure } from './storage-errors.ts';

/** A marker is some hundred bytes. What else may have its name is not loaded into memory. */
const largestMarkerBytes = 16 * 1024;

/**
 * One blob per marker, in the container of the locks. It wants a client of `blobServiceFromConnectionString` and a container that
 * exists.
 *
 * What must outlast every retention is an append blob with its text in the metadata: a lifecycle rule that deletes old block
 * blobs, as locks are, does not find it, and metadata is still written in one conditional request.
 *
 * Source: Microsoft, "Azure Blob Storage lifecycle management policy structure", filters, blobTypes.
 */
export class BlobMarkerStore implements MarkerStore {
  readonly #requests: DirectRequests;
  readonly #requestTimeoutMs: DurationMs;

  constructor(container: BlobContainer, { requestTimeoutMs }: { readonly requestTimeoutMs: DurationMs }) {
    this.#requests = new DirectRequests(container);
    this.#requestTimeoutMs = requestTimeoutMs;
  }

  async read(name: MarkerName): Promise<StoredMarker | undefined> {
    try {
      const answer = await this.#requests.send({
        method: 'GET',
        expected: 200,
        blob: name,
        mostBytes: largestMarkerBytes,
        signal: this.#deadline(),
      });
      const text = outlastsRetention(name)
        ? decodeURIComponent(answer.headers.get('x-ms-meta-text') ?? '')
        : answer.content.toString();
      const revision = revisionIn(answer);
      const observedAt = timeIn(answer, 'date') ?? revision.writtenAt;
      return { text, ...revision, observedAt };
    } catch (error) {
      if (storageFailure(error) === 'missing') return undefined;
      throw this.#error('read', name, error);
    }
  }

  async put(name: MarkerName, text: string, condition: WriteCondition): Promise<WriteResult<Revision>> {
    const kind = outlastsRetention(name)
      ? ({ type: 'AppendBlob', content: Buffer.of(), metadata: { text: encodeURIComponent(text) } } as const)
      : { content: Buffer.from(text) };
    const blob = { blob: name, ...kind, contentType: 'application/json', condition };
    try {
      return await conditionalWrite(condition, () => putBlob(this.#requests, { ...blob, signal: this.#deadline() }));
    } catch (error) {
      throw this.#error('write', name, error);
    }
  }

  #deadline = (): AbortSignal => AbortSignal.timeout(this.#requestTimeoutMs);

  #error(verb: string, name: MarkerName, cause: unknown): LockStoreError {
    const blob = `the blob "${name}" in the container "${this.#requests.containerName}"`;
    return new LockStoreError(`Could not ${verb} ${blob}: ${storageErrorText(cause)}`, {
      isTransient: mayPass(cause),
      cause,
    });
  }
}
