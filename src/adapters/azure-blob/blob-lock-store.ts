import type { ContainerClient } from '@azure/storage-blob';
import {
  type LockStore,
  LockStoreError,
  type LockVersion,
  type Revision,
  type StoredLock,
  type WriteCondition,
  type WriteResult,
} from '../../application/ports/lock-store.ts';
import { LockDocumentError, lockDocument } from '../../domain/lock-document.ts';
import type { LockName } from '../../domain/lock-name.ts';
import type { LockRecord } from '../../domain/lock-record.ts';
import { type DurationMs, storeTime } from '../../domain/time.ts';
import { BlobClients } from './blob-clients.ts';
import { conditionalWrite, conditionHeaders, revisionOf } from './conditional-write.ts';
import { largestLockBytes, parseLockContent } from './lock-content.ts';
import { lockMetadata } from './lock-metadata.ts';
import { readContent } from './read-content.ts';
import { RequestDeadline } from './request-deadline.ts';
import { storageErrorText } from './storage-error-text.ts';
import { mayPass, storageFailure } from './storage-errors.ts';

export interface BlobLockStoreOptions {
  /** How long a call takes at most: each makes one request, and reads its answer to the end. */
  readonly requestTimeoutMs: DurationMs;
  /** Milliseconds since the epoch by this instance's clock, for the metadata that people read. Default: `Date.now`. */
  readonly wallTime?: () => number;
}

/**
 * One block blob per lock. Put Blob replaces content and metadata in one atomic request, so every transition of a lock is
 * one conditional write; Get Blob shows record, version and both times in one answer.
 *
 * Needs a client of `blobServiceFromConnectionString` and a container that exists. Turn versioning and soft delete off for
 * it: they would keep every revision, and there is one per heartbeat.
 *
 * Sources: Microsoft, "Put Blob", "Get Blob", "Specifying conditional headers for Blob service operations".
 */
export class BlobLockStore implements LockStore {
  readonly #containerName: string;
  readonly #blobs: BlobClients;
  readonly #deadline: RequestDeadline;
  readonly #wallTime: () => number;

  constructor(container: ContainerClient, { requestTimeoutMs, wallTime = Date.now }: BlobLockStoreOptions) {
    this.#containerName = container.containerName;
    this.#blobs = new BlobClients(container);
    this.#deadline = new RequestDeadline(requestTimeoutMs);
    this.#wallTime = wallTime;
  }

  async read(name: LockName): Promise<StoredLock | undefined> {
    try {
      // Not downloadToBuffer: it makes two requests, which can show two revisions.
      const answer = await this.#blobs
        .of(name)
        .download(0, undefined, { abortSignal: this.#deadline.signal(), maxRetryRequests: 0 });
      const record = parseLockContent(await readContent(answer.readableStreamBody, largestLockBytes));
      const revision = revisionOf(answer);
      // Without a Date the lock has no age, and is not taken over.
      const observedAt = answer.date === undefined ? revision.writtenAt : storeTime(answer.date.getTime());
      return { record, ...revision, observedAt };
    } catch (error) {
      if (storageFailure(error) === 'missing') return undefined;
      throw this.#error('read', name, error);
    }
  }

  async put(name: LockName, record: LockRecord, condition: WriteCondition): Promise<WriteResult<Revision>> {
    const content = Buffer.from(lockDocument(record));
    // Once stored it could not be read any more.
    if (content.length > largestLockBytes) {
      throw new LockStoreError(
        `The lock "${name}" would have ${content.length} bytes, and can have at most ${largestLockBytes}: let steps and work return less.`,
        { isTransient: false },
      );
    }
    const options = {
      conditions: conditionHeaders(condition),
      metadata: lockMetadata(record, this.#wallTime()),
      blobHTTPHeaders: { blobContentType: 'application/json' },
      abortSignal: this.#deadline.signal(),
    };
    const blob = record.state === 'held' ? this.#blobs.of(name) : this.#blobs.lastOf(name);
    return this.#write('write', name, condition, async () =>
      revisionOf(await blob.upload(content, content.length, options)),
    );
  }

  delete(name: LockName, version: LockVersion): Promise<WriteResult<object>> {
    const condition = { version };
    const options = { conditions: conditionHeaders(condition), abortSignal: this.#deadline.signal() };
    return this.#write('delete', name, condition, async () => {
      await this.#blobs.lastOf(name).delete(options);
      return {};
    });
  }

  async #write<Written extends object>(
    verb: string,
    name: LockName,
    condition: WriteCondition,
    request: () => Promise<Written>,
  ): Promise<WriteResult<Written>> {
    try {
      return await conditionalWrite(condition, request);
    } catch (error) {
      throw this.#error(verb, name, error);
    }
  }

  #error(verb: string, name: LockName, cause: unknown): LockStoreError {
    const blob = `the blob "${name}" in the container "${this.#containerName}"`;
    if (!(cause instanceof LockDocumentError)) {
      return new LockStoreError(`Could not ${verb} ${blob}: ${storageErrorText(cause)}`, {
        isTransient: mayPass(cause),
        cause,
      });
    }
    return new LockStoreError(
      `Could not ${verb} ${blob}: it is not a lock. ${cause.message} Its message is not processed as long as that blob is there: inspect the blob, and delete it if nothing else needs it.`,
      { isTransient: false, cause },
    );
  }
}
