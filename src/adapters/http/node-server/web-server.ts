import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type DurationMs, seconds } from '../../../domain/time.ts';
import { TextResponse } from '../api-response.ts';
import type { HttpRules } from '../http-api.ts';
import { problem } from '../problem.ts';
import { apiRequest, methodNotAllowed } from './api-request.ts';
import { discardRest } from './incoming-body.ts';
import { endWith, refuseConnection } from './refuse-connection.ts';

export interface WebServer {
  /** `http://<host>:<port>` as it really listens. */
  readonly address: string;
  /** Takes no more requests, and resolves when those under way are answered; those that are not within `graceMs` break off. */
  close(graceMs: DurationMs): Promise<void>;
}

export interface ServeOptions {
  readonly host: string;
  readonly port: number;
  /** How many requests are answered at once. The others are told to come back. */
  readonly maxConcurrentRequests: number;
  /** How long a connection without a request is kept: longer than a proxy keeps it, or that loses a request now and then. */
  readonly keepAliveTimeoutMs: DurationMs;
  /** How long a client may take for its headers. Default: 10 s. */
  readonly headersTimeoutMs?: DurationMs;
}

/**
 * Serves `rules` on node:http.
 *
 * @throws Error with a message that names the setting to change if the address cannot be listened on.
 */
export async function serve(
  rules: HttpRules,
  { host, port, maxConcurrentRequests, keepAliveTimeoutMs, headersTimeoutMs = seconds(10) }: ServeOptions,
): Promise<WebServer> {
  let underWay = 0;
  const connections = new Set<Duplex>();
  const answering = new Set<Duplex>();
  /** The last answer of each connection. */
  const lastAnswer = new WeakMap<Duplex, ServerResponse>();
  const limits = { ...serverLimits, headersTimeout: headersTimeoutMs, keepAliveTimeout: keepAliveTimeoutMs };
  const answerBy = (chosen: HttpRules) => async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { socket } = incoming;
    underWay += 1;
    answering.add(socket);
    try {
      await answer(underWay > maxConcurrentRequests ? tooBusy : chosen, incoming, outgoing, {
        onBegin: () => lastAnswer.set(socket, outgoing),
        // Kept alive, the connection of the last answer would keep a server open that is closing.
        isKept: () => server.listening,
      });
    } finally {
      underWay -= 1;
      answering.delete(socket);
    }
  };
  const server = createServer(limits, answerBy(rules));
  // Without these listeners, node:http answers by itself, and not with a problem.
  server.on('checkExpectation', answerBy(unknownExpectation));
  server.on('connect', (_incoming, socket: Duplex) => void endWith(socket, methodNotAllowed()));
  // Every connection costs memory, and one without a request costs a client nothing: some more than can be answered.
  server.maxConnections = 2 * maxConcurrentRequests + 100;
  // Then the connections that only wait for another request make room.
  server.on('drop', () => server.closeIdleConnections());
  server.timeout = idleConnectionMs;
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  server.on('clientError', (error, socket) => {
    const last = lastAnswer.get(socket);
    // What is broken is a request that has no answer yet.
    if (last === undefined || (last.writableFinished && last.req.complete)) return void refuseConnection(error, socket);
    // It is the rest of a request that has one. Another answer would be read as part of that, or as the answer to another
    // request: so the first is sent to its end, and nothing after it.
    const end = () => socket.end(() => socket.destroy());
    if (last.writableFinished) end();
    else last.once('finish', end);
  });
  await listen(server, host, port);
  const bound = server.address();
  const listeningPort = typeof bound === 'object' && bound !== null ? bound.port : port;
  return {
    address: `http://${host.includes(':') ? `[${host}]` : host}:${listeningPort}`,
    close: (graceMs) =>
      close(server, graceMs, () => {
        for (const socket of connections) {
          const isAnswered = lastAnswer.get(socket)?.writableFinished ?? true;
          if (isAnswered && !answering.has(socket)) socket.destroy();
        }
      }),
  };
}

/** How long a client that is slow to send may take up a connection. */
const serverLimits = {
  requestTimeout: 30_000,
  connectionsCheckingInterval: 500,
  maxHeaderSize: 16_384,
  requireHostHeader: false, // apiRequest requires it, and says so in a problem
};

/** A client that neither sends nor reads, with a request under way, loses its connection. Longer than an answer is ever held back. */
const idleConnectionMs = 60_000;

const tooBusy: HttpRules = async () =>
  problem('busy', 'More requests than this host answers at once are under way. Send it again a little later.', {
    headers: { 'retry-after': '1', connection: 'close' },
  });

/** Source: RFC 9110, section 10.1.1. What `100-continue` asks for, node:http does by itself. */
const unknownExpectation: HttpRules = async () =>
  problem(
    'expectation-failed',
    'The only expectation that can be met is "100-continue". Send the request without Expect.',
  );

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.on('error', (cause) => reject(new Error(listenError(cause, host, port), { cause })));
    server.listen({ host, port }, resolve);
  });
}

function listenError(cause: NodeJS.ErrnoException, host: string, port: number): string {
  if (cause.code === 'EADDRINUSE')
    return `Port ${port} on ${host} is taken. Set PORT to another one, or to 0 for a free one.`;
  return `Cannot listen on ${host}, port ${port} (${cause.code}). Set HOST to an address of this machine, and PORT to a port that may be used.`;
}

/**
 * `closeUnasked` closes what has no request to be answered. A server of node:http that closes waits for those, and no longer looks
 * for how long they have been silent.
 */
function close(server: Server, graceMs: DurationMs, closeUnasked: () => void): Promise<void> {
  return new Promise((resolve) => {
    const unasked = setTimeout(closeUnasked, Math.min(graceMs, requestOnItsWayMs));
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(unasked);
      clearTimeout(timer);
      resolve();
    });
  });
}

/** A request that was sent before its client could know that the server closes. */
const requestOnItsWayMs = 1000;

/** `onBegin` is called when the answer begins; `isKept` says whether the connection is kept for another request. */
async function answer(
  rules: HttpRules,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { onBegin, isKept }: { readonly onBegin: () => void; readonly isKept: () => boolean },
): Promise<void> {
  outgoing.once('finish', () => discardRest(incoming));
  const request = apiRequest(incoming, signalOfLeaving(outgoing));
  const response = 'status' in request ? request : await rules(request);
  try {
    onBegin();
    if (response instanceof TextResponse) {
      const { status, plainHeaders: headers } = response;
      const content = incoming.method === 'HEAD' ? undefined : response.content;
      return end(outgoing, { isKept, status, headers, content, encoding: 'utf8' });
    }
    const { status, body } = response;
    const headers = Object.fromEntries(response.headers);
    if (body !== null && headers['content-type'] === 'text/event-stream') {
      outgoing.writeHead(status, headers);
      // For as long as its reader likes: it counts as answered. Why it broke off, nobody needs to know.
      void pipeline(body, outgoing).catch(() => undefined);
      return;
    }
    const isEmpty = body === null || incoming.method === 'HEAD';
    const content = isEmpty ? undefined : Buffer.from(await response.arrayBuffer()).toString('latin1');
    end(outgoing, { isKept, status, headers, content, encoding: 'latin1' });
  } catch {
    outgoing.destroy(); // the client went away: there is nobody left to tell
  }
}

interface Whole {
  readonly isKept: () => boolean;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly content: string | undefined;
  readonly encoding: 'utf8' | 'latin1';
}

/** Nothing is waited for here: a server that closes meanwhile would keep the connection open for another request. */
function end(outgoing: ServerResponse, { isKept, status, headers, content, encoding }: Whole): void {
  if (!isKept()) outgoing.shouldKeepAlive = false;
  const length = content === undefined ? {} : { 'content-length': Buffer.byteLength(content, encoding) };
  outgoing.writeHead(status, { ...headers, ...length });
  // A text is sent in one piece with the headers. The answers are short: a stream, or a second piece, would cost more than the content.
  outgoing.end(content, encoding);
}

/** The signal, made when somebody asks for it, that is aborted when the client goes away before it has its answer. */
function signalOfLeaving(outgoing: ServerResponse): () => AbortSignal {
  let isGone = false;
  let gone: AbortController | undefined;
  outgoing.once('close', () => {
    // After its answer that does not count as gone: the rest of a body that nobody reads may still be coming.
    isGone = !outgoing.writableFinished;
    if (isGone) gone?.abort();
  });
  return () => {
    gone ??= new AbortController();
    if (isGone) gone.abort();
    return gone.signal;
  };
}
