import { RestError } from '@azure/storage-blob';
import { errorCode } from './storage-errors.ts';

/** What became of a failed request to the Blob service and what to do about it, as the end of a sentence that names it. */
export const storageErrorText = (error: unknown): string => `${answerText(error)}. ${advice(error)}`;

function answerText(error: unknown): string {
  if (error instanceof RestError && error.statusCode !== undefined) {
    return `the answer was ${error.statusCode} ${errorCode(error) ?? 'without an error code'}`;
  }
  if (isAbort(error)) return 'there was no answer in time';
  return `there was no whole answer (${error instanceof Error ? error.message : String(error)})`;
}

function advice(error: unknown): string {
  const known = adviceByCode.get(errorCode(error) ?? '');
  if (known !== undefined) return known;
  const statusCode = error instanceof RestError ? (error.statusCode ?? 500) : 500;
  if (statusCode >= 500 || statusCode === 408 || statusCode === 429) return 'It may answer again a moment later.';
  if (statusCode === 401 || statusCode === 403) {
    return 'Connect with an identity or key that may read, write and delete blobs (role "Storage Blob Data Contributor"), from a network that the account lets in.';
  }
  return 'See "Blob service error codes" and "Status and error codes" by Microsoft.';
}

/** The SDK throws AbortError when its signal is aborted. */
const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

const immutable = 'Use a container without immutability policy and legal hold.';
const leased = 'Somebody holds an Azure lease on the blob: break that lease.';

const adviceByCode: ReadonlyMap<string, string> = new Map([
  ['BlobImmutableDueToLegalHold', immutable],
  ['BlobImmutableDueToPolicy', immutable],
  ['ContainerBeingDeleted', 'Wait until the container is deleted, and create it again.'],
  ['ContainerNotFound', 'Create the container, or correct its name in the settings.'],
  ['InvalidBlobType', 'A blob of another type has this name: look at it, then delete it.'],
  [
    'InvalidHeaderValue',
    'The service does not know a header or a version that the SDK sends: update the service (start Azurite with --skipApiVersionCheck).',
  ],
  ['LeaseIdMismatchWithBlobOperation', leased],
  ['LeaseIdMissing', leased],
  ['SnapshotsPresent', 'Delete the snapshots of the blob, and turn off what makes them in this account.'],
]);
