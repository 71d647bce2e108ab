import { errorCode, isAbort, mayPass, statusCode } from './storage-errors.ts';

/** What became of a failed request to the Blob service and what to do about it, as the end of a sentence that names it. */
export function storageErrorText(error: unknown): string {
  const status = statusCode(error);
  if (status !== undefined) {
    const code = errorCode(error);
    return `the answer was ${status} ${code ?? 'without an error code'}. ${advice(status, code)}`;
  }
  if (isAbort(error)) return `there was no answer in time. ${checkHealth}`;
  const text = error instanceof Error ? error.message : String(error);
  return mayPass(error) ? `${text}. ${checkHealth}` : text;
}

function advice(status: number, code: string | undefined): string {
  const known = adviceByCode.get(code ?? '');
  if (known !== undefined) return known;
  if (status >= 500 || status === 408 || status === 429) return checkHealth;
  if (status === 401 || status === 403) {
    return 'Connect with an identity or key that may read, write and delete blobs (role "Storage Blob Data Contributor"), from a network that the account lets in.';
  }
  return 'See "Blob service error codes" and "Status and error codes" by Microsoft.';
}

const checkHealth = 'If it stays so, see whether the service can be reached and is healthy.';
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
