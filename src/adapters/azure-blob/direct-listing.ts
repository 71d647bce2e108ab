import { type ContainerClient, RestError } from '@azure/storage-blob';
import { sender } from './blob-service.ts';
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
 * Lists blobs as the SDK's client of their container would, by the same way and as the same identity, but reads from the answer
 * only what is asked for here: the SDK makes a dozen objects of each blob, which costs more than all else that a listing does.
 */
export class DirectListing {
  readonly #container: ContainerClient;
  #send: Promise<Awaited<ReturnType<typeof loadedPipeline>>> | undefined;

  /** @param container of a service of `blobServiceFromConnectionString` or `blobServiceFromIdentity` */
  constructor(container: ContainerClient) {
    this.#container = container;
  }

  /**
   * One answer, with the service's clock; it rejects as an operation of the SDK does.
   *
   * @throws RestError with the service's error code; BrokenAnswerError if the answer is not whole.
   */
  async list(range: ListedRange, signal: AbortSignal): Promise<BlobListing & { readonly date: Date | undefined }> {
    this.#send ??= loadedPipeline(this.#container);
    const send = await this.#send;
    const { status, headers, content } = await send({ method: 'GET', url: this.#url(range), signal });
    const text = content.toString();
    if (status !== 200) throw refusal(status, headers.get('x-ms-error-code') ?? /<Code>(\w+)<\/Code>/.exec(text)?.[1]);
    const listing = scanListing(text);
    if (listing === undefined) throw new BrokenAnswerError('the answer is not a whole list of blobs');
    const date = headers.get('date');
    return { ...listing, date: date === undefined ? undefined : new Date(date) };
  }

  #url({ prefix, marker, startFrom, mostNames }: ListedRange): string {
    const parameters = [
      'restype=container&comp=list&include=metadata',
      `prefix=${encodeURIComponent(prefix)}`,
      `maxresults=${mostNames}`,
      ...(marker === undefined ? [] : [`marker=${encodeURIComponent(marker)}`]),
      ...(startFrom === undefined ? [] : [`startFrom=${encodeURIComponent(startFrom)}`]),
    ].join('&');
    const { url } = this.#container; // ends with a shared access signature, if there is one
    return `${url}${url.includes('?') ? '&' : '?'}${parameters}`;
  }
}

const loadedPipeline = async ({ credential }: ContainerClient) => {
  const { requestPipeline } = await import('./request-pipeline.ts');
  return requestPipeline(credential, sender);
};

const refusal = (statusCode: number, code: string | undefined): RestError =>
  new RestError(`The answer was ${statusCode}.`, { statusCode, ...(code !== undefined && { code }) });
