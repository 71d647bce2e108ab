import type { IncomingHttpHeaders } from 'node:http';
import { RestError } from '@azure/core-rest-pipeline';
import type { Dispatcher } from 'undici';
import { EventLoopTurns } from './event-loop-turns.ts';
import type { RequestSignal } from './request-deadline.ts';
import { splitUrl } from './split-url.ts';
import { type ReadAnswer, readAnswer } from './undici-answer.ts';
import type { Dispatchers } from './undici-dispatcher.ts';

export type AnswerBody = Dispatcher.ResponseData['body'];

export interface OutgoingRequest {
  readonly url: string;
  readonly method: Dispatcher.HttpMethod;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: NonNullable<Dispatcher.RequestOptions['body']> | null;
  readonly signal: AbortSignal | undefined;
}

/** One whose answer is read to its end. */
export interface WholeRequest extends Omit<OutgoingRequest, 'signal'> {
  readonly signal: RequestSignal;
}

/**
 * Sends requests by undici, the HTTP client of the Node project, which costs a client a sixth less than the SDK's own
 * transport on `node:http`. It is loaded with the first request.
 *
 * A request without an answer fails as the SDK's own transport lets it fail: by an AbortError once its signal is aborted, by
 * a RestError without a status if the connection failed.
 */
export class UndiciSender {
  readonly #turns = new EventLoopTurns();
  #dispatchers: Promise<Dispatchers> | undefined;

  /** The answer, with what `read` makes of its body at once, while that is still on its way. */
  async send<Content>(
    request: OutgoingRequest,
    read: (body: AnswerBody, status: number) => Promise<Content> | Content,
  ): Promise<{ readonly status: number; readonly headers: IncomingHttpHeaders; readonly content: Content }> {
    return this.#through(request, async (dispatcher, sent) => {
      const { statusCode, headers, body } = await dispatcher.request({ ...sent, signal: request.signal });
      const content = read(body, statusCode);
      if (!(content instanceof Promise)) return { status: statusCode, headers, content };
      const whole = { status: statusCode, headers, content: await content };
      await this.#turns.room();
      return whole;
    });
  }

  /** The whole answer, or as much of its body as is more than `mostBytes`. It waits for room in the event loop. */
  async sendWhole(request: WholeRequest, mostBytes: number = Number.POSITIVE_INFINITY): Promise<ReadAnswer> {
    return this.#through(request, async (dispatcher, sent) => {
      const answer = await readAnswer(dispatcher, { ...sent, ...untimed }, { mostBytes, signal: request.signal });
      await this.#turns.room();
      return answer;
    });
  }

  async #through<Answer>(
    { url, method, headers, body, signal }: OutgoingRequest | WholeRequest,
    send: (dispatcher: Dispatcher, sent: Dispatcher.DispatchOptions) => Promise<Answer>,
  ): Promise<Answer> {
    this.#dispatchers ??= import('./undici-dispatcher.ts').then(({ Dispatchers }) => new Dispatchers());
    const { origin, path } = splitUrl(url);
    const { dispatcher, proxy } = (await this.#dispatchers).to(origin);
    try {
      return await send(dispatcher, { origin, path, method, headers, body });
    } catch (error) {
      throw signal?.aborted ? new DOMException('The request was aborted.', 'AbortError') : transportError(error, proxy);
    }
  }
}

/** Its signal ends a request that takes too long: undici's own timers, begun for each, would not be the first. */
const untimed = { headersTimeout: 0, bodyTimeout: 0 };

/** One for all requests of the process, the SDK's included: they share its connections. */
export const sender: UndiciSender = new UndiciSender();

/** An error of a request that could not be made stays as it is: a RestError would mean that the request may have arrived. */
function transportError(error: unknown, proxy: string | undefined): unknown {
  if (!(error instanceof Error) || invalid.has(codeOf(error) ?? '')) return error;
  // Node gives the failure of several addresses no message of its own.
  const message = error.message || (codeOf(error) ?? error.name);
  const way = proxy === undefined ? '' : ` (by way of the proxy that ${proxy} names, unless NO_PROXY has the host)`;
  return new RestError(`${message}${way}`, { code: codeOf(error) ?? RestError.REQUEST_SEND_ERROR });
}

const codeOf = (error: Error): string | undefined =>
  'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** Source: undici, "Errors". */
const invalid: ReadonlySet<string> = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH']);
