import type { TraceContext } from '../../domain/trace-context.ts';

/**
 * What the HTTP rules read of a request. A web-standard Request is one; a host for which making one costs more than answering
 * it gives just this.
 */
export interface ApiRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: { readonly get: (name: string) => string | null; readonly keys: () => Iterable<string> };
  /** The last segment of the path as a host's router read it, where it did: decoded once, or not at all. */
  readonly routeParameter?: string | undefined;
  /** The span that the host itself has for this request. */
  readonly hostTrace?: TraceContext | undefined;
  /** The content in chunks, read no faster than they are asked for; null if there is none. */
  readonly body: AsyncIterable<Uint8Array> | null;
  /** Aborted when whoever sent it does not wait for the answer any more. */
  readonly signal: AbortSignal;
}
