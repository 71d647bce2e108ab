import type { RestError } from '@azure/core-rest-pipeline';

/** What the failure of a request to the Blob service means for whoever made it. */
export type StorageFailure =
  /** Something else is stored than the condition of the request says. */
  | 'conflict'
  /** There is no such blob. */
  | 'missing'
  /** No answer, or none that settles it: a write may be applied all the same, now or later. */
  | 'unclear'
  /** Nothing was done, for a reason other than contention. */
  | 'refused';

/** The answer came, but not whole: it broke off, or something between has dropped its headers. */
export class BrokenAnswerError extends Error {
  override readonly name = 'BrokenAnswerError';
}

/**
 * Judges by the error code of the service, since one status stands for many things: 409 is a lost race, and also a container
 * that is being deleted. Only an answer of the 4xx class, or a request that could not be made, proves that nothing was done.
 *
 * Sources: Microsoft, "Blob service error codes"; "Specifying conditional headers for Blob service operations".
 */
export function storageFailure(error: unknown): StorageFailure {
  if (isWithoutVerdict(error)) return 'unclear';
  switch (errorCode(error)) {
    case 'BlobAlreadyExists': // answers If-None-Match: *
    case 'ConditionNotMet': // answers If-Match with another ETag; Azurite's answer also if there is no such blob
    case 'AppendPositionConditionNotMet':
      return 'conflict';
    case 'BlobNotFound': // answers If-Match, too
      return 'missing';
    default:
      return 'refused';
  }
}

/** Whether the same request may be served a moment later, without anybody's hand. */
export function mayPass(error: unknown): boolean {
  if (isWithoutVerdict(error) || isWithoutToken(error)) return true;
  // Access can be on its way: a role takes minutes to reach the service after it was given.
  return errorCode(error) === 'ContainerBeingDeleted' || [401, 403, 408, 429].includes(statusCode(error) ?? 0);
}

/**
 * The error code of the service; of a connection that failed, that of the system. Of an answer without a body, as to HEAD,
 * the SDK shows it in `details` only, where it comes from the header `x-ms-error-code`.
 */
export function errorCode(error: unknown): string | undefined {
  if (!isRestError(error)) return undefined;
  const { code, details } = error;
  const fromHeader = typeof details === 'object' && details !== null && 'errorCode' in details && details.errorCode;
  return (typeof fromHeader === 'string' ? fromHeader : code) || undefined;
}

/** The HTTP status of the answer, if there was one. */
export const statusCode = (error: unknown): number | undefined => (isRestError(error) ? error.statusCode : undefined);

/** As the SDK's own function of this name, without loading it for what may never fail. */
const isRestError = (error: unknown): error is RestError => error instanceof Error && error.name === 'RestError';

function isWithoutVerdict(error: unknown): boolean {
  if (!isRestError(error)) return error instanceof BrokenAnswerError || isAbort(error);
  return error.statusCode === undefined || error.statusCode < 400 || error.statusCode >= 500;
}

/** The identity gave no token, and so the request was not sent: like access that is on its way. */
const isWithoutToken = (error: unknown): boolean => error instanceof Error && error.name === 'TokenError';

/** What the SDK throws when the signal it was given is aborted. */
export const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';
