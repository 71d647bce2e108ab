import { seconds } from '../../domain/time.ts';
import { reachContainer } from './blob-store-clock.ts';
import type { LazyBlobService } from './lazy-blob-service.ts';
import { storageErrorText } from './storage-error-text.ts';
import { mayPass, statusCode } from './storage-errors.ts';

/**
 * Asks for a container, so that what is wrong is told at the start and not at the first message.
 *
 * @throws Error in words, whose cause is what the store said.
 */
export async function tryContainer(storage: LazyBlobService, name: string): Promise<void> {
  try {
    await reachContainer(storage.container(name), seconds(5));
  } catch (cause) {
    const address = storage.url.replace(/[?].*/s, ''); // what follows can be a signature
    throw new Error(
      `The container "${name}" of ${address} cannot be used: ${storageErrorText(cause)} Its account is set by LockStorage.`,
      { cause },
    );
  }
}

/** Whether an error of tryContainer may pass by itself. Access that was refused does not, while a host starts. */
export const mayBeReachedLater = ({ cause }: Error): boolean =>
  mayPass(cause) && ![401, 403].includes(statusCode(cause) ?? 0);
