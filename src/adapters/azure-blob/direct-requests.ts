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
  readonly #address: string;
  /** The shared access signature, with its question mark, if there is one. */
  readonly #signature: string;
  #sending: Promise<SendWhole> | undefined;

  /** @param container of a LazyBlobService, or of a service of `blobServiceFromConnectionString` or `blobServiceFromIdentity` */
  constructor(container: BlobContainer) {
    this.#container = container;
    const { url } = container;
    const end = url.indexOf('?');
    this.#address = end < 0 ? url : url.slice(0, end);
    this.#signature = end < 0 ? '' : url.slice(end);
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
    const path = blob === undefined ? this.#address : `${this.#address}/${encodedPath(blob)}`;
    if (query === undefined) return `${path}${this.#signature}`;
    return this.#signature === '' ? `${path}?${query}` : `${path}${this.#signature}&${query}`;
  }
}

const encodedPath = (name: string): string =>
  standsForItself.test(name) ? name : name.split('/').map(encodeURIComponent).join('/');

/** The names of locks. Source: RFC 3986, section 2.3, unreserved characters. */
const standsForItself = /^[\w.~/-]*$/;
