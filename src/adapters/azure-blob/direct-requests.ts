import type { BlobContainer } from './blob-container.ts';
import type { SendWhole, SentRequest, WholeAnswer } from './request-pipeline.ts';

export interface DirectRequest extends Omit<SentRequest, 'url'> {
  /** The blob that it is about. Default: the container. */
  readonly blob?: string;
  /** Encoded, without a question mark. */
  readonly query?: string;
}

/**
 * Requests about a container and its blobs as the SDK's client of the container makes them, by the same way and as the same
 * identity, but without what its operations do around them: for those that are made so often, or answer with so much, that
 * this is most of what they cost. What sends them is loaded with the first one.
 */
export class DirectRequests {
  readonly #container: BlobContainer;
  #sending: Promise<SendWhole> | undefined;

  /** @param container of a LazyBlobService, or of a service of `blobServiceFromConnectionString` or `blobServiceFromIdentity` */
  constructor(container: BlobContainer) {
    this.#container = container;
  }

  get containerName(): string {
    return this.#container.containerName;
  }

  /** @throws as SendWhole does */
  async send({ blob, query, ...request }: DirectRequest): Promise<WholeAnswer> {
    this.#sending ??= this.#load();
    return (await this.#sending)({ ...request, url: this.#url(blob, query) });
  }

  async #load(): Promise<SendWhole> {
    const { requestPipeline } = await import('./request-pipeline.ts');
    return requestPipeline(this.#container.credential);
  }

  #url(blob: string | undefined, query: string | undefined): string {
    const { url } = this.#container; // ends with a shared access signature, if there is one
    const queryStart = url.indexOf('?');
    const address = queryStart < 0 ? url : url.slice(0, queryStart);
    const path = blob === undefined ? '' : `/${blob.split('/').map(encodeURIComponent).join('/')}`;
    const parts = [...(queryStart < 0 ? [] : [url.slice(queryStart + 1)]), ...(query === undefined ? [] : [query])];
    return parts.length === 0 ? `${address}${path}` : `${address}${path}?${parts.join('&')}`;
  }
}
