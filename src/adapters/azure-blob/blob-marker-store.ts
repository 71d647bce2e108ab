import type { ContainerClient } from '@azure/storage-blob';
import {
  LockStoreError,
  type Revision,
  type WriteCondition,
  type WriteResult,
} from '../../application/ports/lock-store.ts';
import type { MarkerStore, StoredMarker } from '../../application/ports/marker-store.ts';
import type { MarkerName } from '../../domain/marker-name.ts';
import { type DurationMs, storeTime } from '../../domain/time.ts';
import { conditionalWrite, conditionHeaders, revisionOf } from './conditional-write.ts';
import { readContent } from './read-content.ts';
import { storageErrorText } from './storage-error-text.ts';
import { mayPass, storageFailure } from './storage-errors.ts';

/** A marker is some hundred bytes. What else may have its name is not loaded into memory. */
const largestMarkerBytes = 16 * 1024;

/**
 * One block blob per marker, in the container of the locks. It wants a client of `blobServiceFromConnectionString` and a
 * container that exists.
 */
export class BlobMarkerStore implements MarkerStore {
  readonly #container: ContainerClient;
  readonly #requestTimeoutMs: DurationMs;

  constructor(container: ContainerClient, { requestTimeoutMs }: { readonly requestTimeoutMs: DurationMs }) {
    this.#container = container;
    this.#requestTimeoutMs = requestTimeoutMs;
  }

  async read(name: MarkerName): Promise<StoredMarker | undefined> {
    try {
      const answer = await this.#container
        .getBlockBlobClient(name)
        .download(0, undefined, { abortSignal: this.#deadline(), maxRetryRequests: 0 });
      const text = (await readContent(answer.readableStreamBody, largestMarkerBytes)).toString();
      const revision = revisionOf(answer);
      return { text, ...revision, observedAt: storeTime(answer.date?.getTime() ?? revision.writtenAt) };
    } catch (error) {
      if (storageFailure(error) === 'missing') return undefined;
      throw this.#error('read', name, error);
    }
  }

  async put(name: MarkerName, text: string, condition: WriteCondition): Promise<WriteResult<Revision>> {
    const content = Buffer.from(text);
    const options = {
      conditions: conditionHeaders(condition),
      blobHTTPHeaders: { blobContentType: 'application/json' },
      abortSignal: this.#deadline(),
    };
    try {
      return await conditionalWrite(condition, async () =>
        revisionOf(await this.#container.getBlockBlobClient(name).upload(content, content.length, options)),
      );
    } catch (error) {
      throw this.#error('write', name, error);
    }
  }

  #deadline = (): AbortSignal => AbortSignal.timeout(this.#requestTimeoutMs);

  #error(verb: string, name: MarkerName, cause: unknown): LockStoreError {
    const blob = `the blob "${name}" in the container "${this.#container.containerName}"`;
    return new LockStoreError(`Could not ${verb} ${blob}: ${storageErrorText(cause)}`, {
      isTransient: mayPass(cause),
      cause,
    });
  }
}
