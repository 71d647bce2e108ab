import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { RequestSignal } from './request-deadline.ts';

/** An answer with its body, or as much of it as was wanted. */
export interface ReadAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly content: Buffer;
}

/**
 * Sends a request and reads its answer to the end, without a stream in between: making and reading one costs as much as sending a
 * small request. Reading ends as soon as the body has more than `mostBytes`: it comes back cut off, but still longer than that.
 *
 * Rejects with undici's error, or as soon as `signal` is aborted with its reason.
 */
export function readAnswer(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  { mostBytes, signal }: { readonly mostBytes: number; readonly signal: RequestSignal },
): Promise<ReadAnswer> {
  return new Promise((resolve, reject) => {
    const answer = new AnswerReader(mostBytes, signal, { resolve, reject });
    if (!answer.isOver) dispatcher.dispatch(request, answer);
  });
}

interface Done {
  readonly resolve: (answer: ReadAnswer) => void;
  readonly reject: (error: unknown) => void;
}

class AnswerReader implements Dispatcher.DispatchHandler {
  readonly #mostBytes: number;
  readonly #signal: RequestSignal;
  readonly #done: Done;
  readonly #chunks: Buffer[] = [];
  #length = 0;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #controller: Dispatcher.DispatchController | undefined;
  isOver = false;

  constructor(mostBytes: number, signal: RequestSignal, done: Done) {
    this.#mostBytes = mostBytes;
    this.#signal = signal;
    this.#done = done;
    if (signal.aborted) this.#abort();
    else signal.addEventListener('abort', this.#abort);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.isOver) controller.abort(gaveUp);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length <= this.#mostBytes) return;
    this.#resolve();
    controller.abort(gaveUp);
  }

  onResponseEnd(): void {
    this.#resolve();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#reject(error);
  }

  #resolve(): void {
    if (!this.#end()) return;
    const [first = noBytes] = this.#chunks;
    const content = this.#chunks.length > 1 ? Buffer.concat(this.#chunks) : first;
    this.#done.resolve({ status: this.#status, headers: this.#headers, content });
  }

  #reject(error: unknown): void {
    if (this.#end()) this.#done.reject(error);
  }

  readonly #abort = (): void => {
    this.#reject(this.#signal.reason);
    this.#controller?.abort(gaveUp);
  };

  /** Whether it was not over yet. */
  #end(): boolean {
    if (this.isOver) return false;
    this.isOver = true;
    this.#signal.removeEventListener('abort', this.#abort);
    return true;
  }
}

const noBytes = Buffer.alloc(0);
const gaveUp = new Error('Nobody wants the answer any more.');
