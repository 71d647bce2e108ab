import type { ContainerClient } from '@azure/storage-blob';
import { LockStoreError } from '../../application/ports/lock-store.ts';
import { type DurationMs, type StoreTime, storeTime } from '../../domain/time.ts';
import { storageErrorText } from './storage-error-text.ts';
import { mayPass } from './storage-errors.ts';

/**
 * What time it is by the clock of the store, for one request.
 *
 * @throws LockStoreError if the store cannot be asked.
 */
export async function blobStoreTime(container: ContainerClient, requestTimeoutMs: DurationMs): Promise<StoreTime> {
  try {
    const { date } = await container.getProperties({ abortSignal: AbortSignal.timeout(requestTimeoutMs) });
    if (date !== undefined) return storeTime(date.getTime());
  } catch (cause) {
    throw new LockStoreError(`Could not ask the container "${container.containerName}": ${storageErrorText(cause)}`, {
      isTransient: mayPass(cause),
      cause,
    });
  }
  throw new LockStoreError('The store does not say what time it is.', { isTransient: false });
}
