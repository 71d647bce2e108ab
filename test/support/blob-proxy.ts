import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inject, onTestFinished } from 'vitest';

/** What happens to one request on its way to the Blob service, or to the answer on its way back. */
export type BlobFault =
  /** The request does not arrive: the connection breaks. */
  | { readonly kind: 'drop-request' }
  /** The request is applied, and the connection breaks before the answer, after `onApplied` was called. */
  | { readonly kind: 'drop-answer'; readonly onApplied?: () => void }
  /** The request is applied, and the answer never comes. */
  | { readonly kind: 'hang' }
  /** Half of the answer's content comes. Then the connection breaks or, if it hangs, stays open. */
  | { readonly kind: 'cut'; readonly hangs: boolean }
  /** The request waits, and arrives even if its sender has given up. */
  | { readonly kind: 'delay'; readonly until: Promise<unknown> }
  /** Another answer comes than the service's, whether the request was applied or not. */
  | { readonly kind: 'answer'; readonly isApplied: boolean; readonly status: number; readonly code: string }
  /** The answer comes with these headers changed, or without those that are undefined. */
  | { readonly kind: 'change-headers'; readonly headers: Readonly<Record<string, string | undefined>> };

/** A request that has arrived as a whole, and its place among those of its method, from 1. */
export interface ProxiedRequest {
  readonly method: string;
  readonly nth: number;
  /** Path and query, escaped. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A way to the Blob service on which requests and answers get lost. */
export interface BlobProxy {
  readonly connectionString: string;
  /** How many requests of this method came so far; without one, how many came at all. */
  count(method?: string): number;
  /** How many requests the service has answered so far, whatever became of the answers. */
  answered(): number;
}

/** What the service says to one request. */
export interface Answer {
  readonly head: IncomingMessage;
  readonly body: Buffer;
}

export interface BlobProxyOptions {
  /** Of a test that runs beside others of its file; of a program that is no test, whatever ends with it. */
  readonly onTestFinished?: (end: () => void) => void;
  /** Of the Azurite behind it. Default: the one that all tests share. */
  readonly connectionString?: string;
  /** Forwards a request by `send`, now or later, once: the place to see what the service really answered. */
  readonly around?: (request: ProxiedRequest, send: () => Promise<Answer>) => Promise<Answer>;
}

/** A proxy in front of Azurite that asks `faultOf` about each request. It ends with the test. */
export async function blobProxy(
  faultOf: (request: ProxiedRequest) => BlobFault | undefined,
  {
    onTestFinished: atEnd = onTestFinished,
    connectionString = inject('blobStorage'),
    around = (_, send) => send(),
  }: BlobProxyOptions = {},
): Promise<BlobProxy> {
  const target = new URL(/BlobEndpoint=([^;]+)/.exec(connectionString)?.[1] ?? '');
  const methods: string[] = [];
  let answered = 0;
  const count = (method?: string) => methods.filter((each) => method === undefined || each === method).length;

  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { method = '', url = '', headers } = incoming;
    methods.push(method);
    const nth = count(method);
    const body = Buffer.concat(await incoming.toArray());
    const request = { method, nth, url, headers, body };
    const fault = faultOf(request);
    if (fault?.kind === 'drop-request') return incoming.socket.destroy();
    if (fault?.kind === 'delay') await fault.until;
    if (fault?.kind === 'answer' && !fault.isApplied) return replyWith(outgoing, fault);
    const answer = await around(request, () => forward(target, incoming, body));
    answered += 1;
    return reply(outgoing, answer, fault);
  };
  // A sender that gives up while its request still comes, or a test that ends, breaks the connection.
  const server = createServer((incoming, outgoing) => serve(incoming, outgoing).catch(() => outgoing.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    connectionString: connectionString.replace(`:${target.port}/`, `:${port}/`),
    count,
    answered: () => answered,
  };
}

function forward(target: URL, { method, url, headers }: IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: target.hostname, port: target.port, agent: false, method, path: url, headers };
    request(options, async (head) => resolve({ head, body: Buffer.concat(await head.toArray()) }))
      .on('error', reject)
      .end(body);
  });
}

function reply(outgoing: ServerResponse, { head, body }: Answer, fault: BlobFault | undefined): unknown {
  if (fault?.kind === 'drop-answer') {
    fault.onApplied?.();
    return outgoing.socket?.destroy();
  }
  if (fault?.kind === 'hang') return undefined;
  if (fault?.kind === 'answer') return replyWith(outgoing, fault);
  const headers = { ...head.headers, ...(fault?.kind === 'change-headers' ? fault.headers : {}) };
  outgoing.sendDate = false; // Node would add one of its own
  outgoing.writeHead(head.statusCode ?? 500, withoutUndefined(headers));
  if (fault?.kind !== 'cut') return outgoing.end(body);
  return outgoing.write(body.subarray(0, body.length / 2), () => fault.hangs || outgoing.socket?.destroy());
}

const replyWith = (outgoing: ServerResponse, { status, code }: { readonly status: number; readonly code: string }) =>
  outgoing.writeHead(status, { 'x-ms-error-code': code }).end();

const withoutUndefined = (headers: NodeJS.Dict<string | string[]>) =>
  Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
