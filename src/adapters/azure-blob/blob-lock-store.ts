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
import type { DurationMs } from '../../domain/time.ts';
import type { BlobContainer } from './blob-container.ts';
import { conditionalWrite, conditionHeaders, revisionIn, timeIn } from './conditional-write.ts';
import { DirectRequests } from './direct-requests.ts';
import { largestLockBytes, parseLockContent } from './lock-content.ts';
import { lockMetadata } from './lock-metadata.ts';
import { putBlob } from './put-blob.ts';
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
  readonly #requests: DirectRequests;
  readonly #deadline: RequestDeadline;
  readonly #wallTime: () => number;

  constructor(container: BlobContainer, { requestTimeoutMs, wallTime = Date.now }: BlobLockStoreOptions) {
    this.#requests = new DirectRequests(container);
    this.#deadline = new RequestDeadline(requestTimeoutMs);
    this.#wallTime = wallTime;
  }

  async read(name: LockName): Promise<StoredLock | undefined> {
    try {
      const answer = await this.#requests.send({
        method: 'GET',
        expected: 200,
        blob: name,
        mostBytes: largestLockBytes,
        signal: this.#deadline.signal(),
      });
      const record = parseLockContent(answer.content);
      const revision = revisionIn(answer);
      // Without a Date the lock has no age, and is not taken over.
      return { record, ...revision, observedAt: timeIn(answer, 'date') ?? revision.writtenAt };
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
    const metadata = lockMetadata(record, this.#wallTime());
    const signal = this.#deadline.signal();
    return this.#write('write', name, condition, () =>
      putBlob(this.#requests, { blob: name, content, contentType: 'application/json', metadata, condition, signal }),
    );
  }

  delete(name: LockName, version: LockVersion): Promise<WriteResult<object>> {
    const condition = { version };
    const headers = conditionHeaders(condition);
    const signal = this.#deadline.signal();
    return this.#write('delete', name, condition, async () => {
      await this.#requests.send({ method: 'DELETE', expected: 202, blob: name, headers, signal });
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
    const blob = `the blob "${name}" in the container "${this.#requests.containerName}"`;
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
