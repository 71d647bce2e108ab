import { LockStoreError } from '../../application/ports/lock-store.ts';
import type { DurationMs, StoreTime } from '../../domain/time.ts';
import type { BlobContainer } from './blob-container.ts';
import { timeIn } from './conditional-write.ts';
import { DirectRequests } from './direct-requests.ts';
import { storageErrorText } from './storage-error-text.ts';
import { mayPass } from './storage-errors.ts';

/**
 * What time it is by the clock of the store, for one request.
 *
 * @throws LockStoreError if the store cannot be asked.
 */
export async function blobStoreTime(container: BlobContainer, requestTimeoutMs: DurationMs): Promise<StoreTime> {
  const time = await reachContainer(container, requestTimeoutMs).catch((cause: unknown) => {
    throw new LockStoreError(`Could not ask the container "${container.containerName}": ${storageErrorText(cause)}`, {
      isTransient: mayPass(cause),
      cause,
    });
  });
  if (time === undefined) throw new LockStoreError('The store does not say what time it is.', { isTransient: false });
  return time;
}

/**
 * Asks for the properties of a container. Resolves with the time of the answer, if it has one.
 *
 * @throws RestError with the service's error code if the container cannot be used; without a status if there is no answer.
 */
export async function reachContainer(
  container: BlobContainer,
  requestTimeoutMs: DurationMs,
): Promise<StoreTime | undefined> {
  const signal = AbortSignal.timeout(requestTimeoutMs);
  const query = 'restype=container';
  return timeIn(await new DirectRequests(container).send({ method: 'GET', expected: 200, query, signal }), 'date');
}
