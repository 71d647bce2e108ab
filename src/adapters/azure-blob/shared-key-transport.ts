import type { HttpOperationResponse, IHttpClient } from '@azure/storage-blob';
import type { SharedKey } from './shared-key.ts';
import { splitUrl } from './split-url.ts';

/**
 * Signs the SDK's requests before another transport sends them. For clients that have no credential of their own.
 *
 * Signing was a quarter of what a request by the SDK's own credential costs the client: that imports the key, and takes the
 * URL to pieces, for each request.
 */
export class SharedKeyTransport implements IHttpClient {
  readonly #key: SharedKey;
  readonly #next: IHttpClient;

  constructor(key: SharedKey, next: IHttpClient) {
    this.#key = key;
    this.#next = next;
  }

  sendRequest(request: Parameters<IHttpClient['sendRequest']>[0]): Promise<HttpOperationResponse> {
    const { url, method, headers } = request;
    headers.set('x-ms-date', new Date().toUTCString());
    const { path } = splitUrl(url);
    headers.set('authorization', this.#key.authorization({ method, path, headers: headers.toJson() }));
    return this.#next.sendRequest(request);
  }
}
