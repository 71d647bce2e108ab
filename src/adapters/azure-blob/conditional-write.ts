import type { BlobRequestConditions } from '@azure/storage-blob';
import type { LockVersion, Revision, WriteCondition, WriteResult } from '../../application/ports/lock-store.ts';
import { storeTime } from '../../domain/time.ts';
import { BrokenAnswerError, storageFailure } from './storage-errors.ts';

/**
 * The result of `request`, which must carry `conditionHeaders(condition)`.
 *
 * @throws what `request` threw, if the service refused it for a reason that is not the condition.
 */
export async function conditionalWrite<Written extends object>(
  condition: WriteCondition,
  request: () => Promise<Written>,
): Promise<WriteResult<Written>> {
  try {
    return { kind: 'written', ...(await request()) };
  } catch (error) {
    switch (storageFailure(error)) {
      case 'conflict':
        return { kind: 'conflict' };
      case 'unclear':
        return { kind: 'unknown', cause: error };
      case 'missing':
        // The expected revision is gone. A create expects no blob, so that for one this is not an answer.
        if (condition !== 'absent') return { kind: 'conflict' };
        throw error;
      case 'refused':
        throw error;
    }
  }
}

export const conditionHeaders = (condition: WriteCondition): BlobRequestConditions =>
  condition === 'absent' ? { ifNoneMatch: '*' } : { ifMatch: condition.version };

/**
 * Which revision an answer is about, and when it was written by the service's clock, in whole seconds.
 *
 * @throws BrokenAnswerError if the answer does not say.
 */
export function revisionOf(answer: { readonly etag?: string; readonly lastModified?: Date }): Revision {
  const { etag, lastModified } = answer;
  if (etag === undefined || lastModified === undefined) {
    throw new BrokenAnswerError('the answer has no ETag or no Last-Modified');
  }
  return { version: etag as LockVersion, writtenAt: storeTime(lastModified.getTime()) };
}
