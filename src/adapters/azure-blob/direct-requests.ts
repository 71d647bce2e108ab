import { type ContainerClient, RestError } from '@azure/storage-blob';
import { sender } from './blob-service.ts';
import type { SendWhole, SentRequest, WholeAnswer } from './request-pipeline.ts';

export interface DirectRequest extends Omit<SentRequest, 'url'> {
  /** The status that answers it; every other one is an error. */
  readonly expected: number;
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
  readonly #container: ContainerClient;
  #sending: Promise<SendWhole> | undefined;

  /** @param container of a service of `blobServiceFromConnectionString` or `blobServiceFromIdentity` */
  constructor(container: ContainerClient) {
    this.#container = container;
  }

  get containerName(): string {
    return this.#container.containerName;
  }

  /**
   * Rejects as an operation of the SDK does.
   *
   * @throws RestError with the service's error code; without a status if there is no answer.
   */
  async send({ expected, blob, query, ...request }: DirectRequest): Promise<WholeAnswer> {
    this.#sending ??= this.#load();
    const send = await this.#sending;
    const answer = await send({ ...request, url: this.#url(blob, query) });
    if (answer.status !== expected) throw refusal(answer);
    return answer;
  }

  async #load(): Promise<SendWhole> {
    const { requestPipeline } = await import('./request-pipeline.ts');
    return requestPipeline(this.#container.credential, sender);
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

/** Its message has what support asks for. Of an answer that has lost its header on the way, the content says the code, too. */
function refusal({ status: statusCode, headers, content }: WholeAnswer): RestError {
  const code = headers.get('x-ms-error-code') ?? /<Code>(\w+)<\/Code>/.exec(content.toString())?.[1];
  const message = `The answer was ${statusCode} ${code ?? 'without an error code'} (x-ms-request-id: ${headers.get('x-ms-request-id')}).`;
  return new RestError(message, { statusCode, ...(code !== undefined && { code }) });
}
