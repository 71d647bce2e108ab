import type { DirectRequests } from './direct-requests.ts';
import { type BlobListing, scanListing } from './scan-listing.ts';
import { BrokenAnswerError } from './storage-errors.ts';

export interface ListedRange {
  readonly prefix: string;
  /** What the answer before gave. */
  readonly marker?: string | undefined;
  /** A name, included. A service before version 2026-02-06 does not know it, and begins with the first. */
  readonly startFrom?: string | undefined;
  readonly mostNames: number;
}

/**
 * One answer to a listing of blobs, with the service's clock. It reads only what is asked for here: the SDK makes a dozen
 * objects of each blob, which costs more than all else that a listing does.
 *
 * @throws RestError with the service's error code; BrokenAnswerError if the answer is not whole.
 */
export async function listDirectly(
  requests: DirectRequests,
  range: ListedRange,
  signal: AbortSignal,
): Promise<BlobListing & { readonly date: Date | undefined }> {
  const { headers, content } = await requests.send({ method: 'GET', expected: 200, query: queryOf(range), signal });
  const listing = scanListing(content.toString());
  if (listing === undefined) throw new BrokenAnswerError('the answer is not a whole list of blobs');
  const date = headers.get('date');
  return { ...listing, date: date === undefined ? undefined : new Date(date) };
}

const queryOf = ({ prefix, marker, startFrom, mostNames }: ListedRange): string =>
  [
    'restype=container&comp=list&include=metadata',
    `prefix=${encodeURIComponent(prefix)}`,
    `maxresults=${mostNames}`,
    ...(marker === undefined ? [] : [`marker=${encodeURIComponent(marker)}`]),
    ...(startFrom === undefined ? [] : [`startFrom=${encodeURIComponent(startFrom)}`]),
  ].join('&');
