import type { HttpHeaders, HttpOperationResponse, IHttpClient } from '@azure/storage-blob';
import type { AnswerBody, UndiciSender } from './undici-sender.ts';

/** Sends the SDK's requests by undici: see UndiciSender. */
export class UndiciTransport implements IHttpClient {
  readonly #sender: UndiciSender;

  constructor(sender: UndiciSender) {
    this.#sender = sender;
  }

  async sendRequest(request: Parameters<IHttpClient['sendRequest']>[0]): Promise<HttpOperationResponse> {
    const { url, method, body, abortSignal, streamResponseStatusCodes } = request;
    const sent = {
      url,
      method,
      headers: request.headers.toJson({ preserveCase: true }),
      body: body ?? null,
      signal: abortSignal as AbortSignal | undefined,
    };
    // A stream is handed on at once: one that breaks off while nobody listens would end the process.
    const read = (answer: AnswerBody, status: number) =>
      streamResponseStatusCodes?.has(status) ? answer : answer.text();
    const { status, headers, content } = await this.#sender.send<AnswerBody | string>(sent, read);
    // All that the SDK's bridge from this interface to its present one asks of them.
    const answered = { toJson: () => headers } as unknown as HttpHeaders;
    const answer = { request, status, headers: answered };
    return typeof content === 'string'
      ? { ...answer, bodyAsText: content }
      : { ...answer, readableStreamBody: content };
  }
}
