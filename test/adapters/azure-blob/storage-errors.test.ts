import { describe, expect, it } from 'vitest';
import { BlobLockStore } from '../../../src/adapters/azure-blob/blob-lock-store.ts';
import { blobServiceFromConnectionString } from '../../../src/adapters/azure-blob/blob-service.ts';
import {
  LockStoreError,
  type LockVersion,
  type StoredLock,
  type WriteResult,
} from '../../../src/application/ports/lock-store.ts';
import { seconds } from '../../../src/domain/time.ts';
import { blobProxy } from '../../support/blob-proxy.ts';
import { heldBy, lockOf } from '../../support/lock-records.ts';

type Judgement = 'conflict' | 'unknown' | 'absent' | 'transient' | 'final';

/** How each operation judges an answer: a create, a replacement, a deletion, a read. */
const table: readonly [status: number, code: string, ...judgements: [Judgement, Judgement, Judgement, Judgement]][] = [
  [409, 'BlobAlreadyExists', 'conflict', 'conflict', 'conflict', 'final'],
  [412, 'ConditionNotMet', 'conflict', 'conflict', 'conflict', 'final'],
  [404, 'BlobNotFound', 'final', 'conflict', 'conflict', 'absent'],

  [404, 'ContainerNotFound', 'final', 'final', 'final', 'final'],
  [404, 'ResourceNotFound', 'final', 'final', 'final', 'final'],
  [400, 'InvalidHeaderValue', 'final', 'final', 'final', 'final'],
  [409, 'SnapshotsPresent', 'final', 'final', 'final', 'final'],
  [409, 'BlobImmutableDueToPolicy', 'final', 'final', 'final', 'final'],
  [409, 'ContainerDisabled', 'final', 'final', 'final', 'final'],
  [412, 'LeaseIdMissing', 'final', 'final', 'final', 'final'],
  [413, 'RequestBodyTooLarge', 'final', 'final', 'final', 'final'],
  [409, '', 'final', 'final', 'final', 'final'],
  [412, '', 'final', 'final', 'final', 'final'],
  [404, '', 'final', 'final', 'final', 'final'],

  [409, 'ContainerBeingDeleted', 'transient', 'transient', 'transient', 'transient'],
  [401, 'NoAuthenticationInformation', 'transient', 'transient', 'transient', 'transient'],
  [403, 'AuthorizationPermissionMismatch', 'transient', 'transient', 'transient', 'transient'],
  [408, '', 'transient', 'transient', 'transient', 'transient'],
  [429, 'TooManyRequests', 'transient', 'transient', 'transient', 'transient'],

  [500, 'InternalError', 'unknown', 'unknown', 'unknown', 'transient'],
  [500, 'OperationTimedOut', 'unknown', 'unknown', 'unknown', 'transient'],
  [503, 'ServerBusy', 'unknown', 'unknown', 'unknown', 'transient'],
  [502, '', 'unknown', 'unknown', 'unknown', 'transient'],
];

describe('An answer of the Blob service', () => {
  const name = lockOf('m-1');
  const version = '"0x1"' as LockVersion;

  it.each(table)(
    '%i %s is judged as create: %s, replacement: %s, deletion: %s, read: %s',
    async (status, code, ...judgements) => {
      const proxy = await blobProxy(() => ({ kind: 'answer', status, code, isApplied: false }));
      const container = blobServiceFromConnectionString(proxy.connectionString).getContainerClient('locks');
      const store = new BlobLockStore(container, { requestTimeoutMs: seconds(10) });
      const operations = [
        store.put(name, heldBy('first'), 'absent'),
        store.put(name, heldBy('first'), { version }),
        store.delete(name, version),
        store.read(name),
      ];
      expect(await Promise.all(operations.map(judgementOf))).toEqual(judgements);
      expect(proxy.count()).toBe(operations.length);
    },
  );

  it.each([
    ['401', 401, 'NoAuthenticationInformation', /identity or key that may read, write and delete blobs/],
    ['403', 403, 'AuthorizationFailure', /from a network that the account lets in/],
    ['429', 429, 'TooManyRequests', /see whether the service can be reached and is healthy/],
    ['a container that is missing', 404, 'ContainerNotFound', /Create the container/],
    ['a container that is being deleted', 409, 'ContainerBeingDeleted', /Wait until the container is deleted/],
    ['an immutability policy', 409, 'BlobImmutableDueToPolicy', /without immutability policy/],
    ['a service of another age', 400, 'InvalidHeaderValue', /--skipApiVersionCheck/],
    ['anything else', 409, 'ContainerDisabled', /"Blob service error codes"/],
    ['an answer without a code', 418, '', /the answer was 418 without an error code/],
  ])('tells what to do about %s', async (_, status, code, advice) => {
    const proxy = await blobProxy(() => ({ kind: 'answer', status, code, isApplied: false }));
    const container = blobServiceFromConnectionString(proxy.connectionString).getContainerClient('locks');
    const store = new BlobLockStore(container, { requestTimeoutMs: seconds(10) });
    const read = store.read(name);
    await expect(read).rejects.toThrow(
      `Could not read the blob "${name}" in the container "locks": the answer was ${status}`,
    );
    await expect(read).rejects.toThrow(advice);
  });
});

async function judgementOf(operation: Promise<StoredLock | WriteResult<object> | undefined>): Promise<string> {
  try {
    const answer = await operation;
    if (answer === undefined) return 'absent';
    return 'kind' in answer ? answer.kind : 'stored';
  } catch (error) {
    if (!(error instanceof LockStoreError)) throw error;
    return error.isTransient ? 'transient' : 'final';
  }
}
