import type { LockVersion, Revision, WriteCondition, WriteResult } from '../../application/ports/lock-store.ts';
import { type StoreTime, storeTime } from '../../domain/time.ts';
import type { WholeAnswer } from './request-pipeline.ts';
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

export const conditionHeaders = (condition: WriteCondition): Record<string, string> =>
  condition === 'absent' ? { 'if-none-match': '*' } : { 'if-match': condition.version };

/**
 * Which revision an answer is about, and when it was written by the service's clock, in whole seconds.
 *
 * @throws BrokenAnswerError if the answer does not say.
 */
export function revisionIn(answer: WholeAnswer): Revision {
  const etag = answer.headers.get('etag');
  const writtenAt = timeIn(answer, 'last-modified');
  if (etag === undefined || writtenAt === undefined) {
    throw new BrokenAnswerError('the answer has no ETag or no Last-Modified');
  }
  return { version: etag as LockVersion, writtenAt };
}

/** The time in the header of this name, if there is one. */
export function timeIn({ headers }: WholeAnswer, name: 'date' | 'last-modified'): StoreTime | undefined {
  const time = Date.parse(headers.get(name) ?? '');
  return Number.isNaN(time) ? undefined : storeTime(time);
}
