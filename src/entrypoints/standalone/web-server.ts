import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { DurationMs } from '../../domain/time.ts';
import type { HttpApi } from '../http/http-api.ts';

export interface WebServer {
  /** `http://<host>:<port>` as it really listens. */
  readonly address: string;
  /** Takes no more requests, and resolves when those under way are answered; those that are not within `graceMs` break off. */
  close(graceMs: DurationMs): Promise<void>;
}

/**
 * Serves `api` on node:http.
 *
 * @throws Error with a message that names the setting to change if the address cannot be listened on.
 */
export async function serve(
  api: HttpApi,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<WebServer> {
  const server = createServer(serverLimits, (request, response) => void answer(server, api, request, response));
  await listen(server, host, port);
  const bound = server.address();
  const listeningPort = typeof bound === 'object' && bound !== null ? bound.port : port;
  return {
    address: `http://${host.includes(':') ? `[${host}]` : host}:${listeningPort}`,
    close: (graceMs) => close(server, graceMs),
  };
}

/** A client that is slow to send takes a connection for so long, and no longer. */
const serverLimits = { requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 5_000, maxHeaderSize: 16_384 };

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

function close(server: Server, graceMs: DurationMs): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

async function answer(
  server: Server,
  api: HttpApi,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const request = webRequest(incoming);
  const response = request === undefined ? new Response(null, { status: 400 }) : await api(request);
  try {
    // Kept alive, the connection of the last answer would keep a server open that is closing.
    if (!server.listening) outgoing.shouldKeepAlive = false;
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    if (response.body === null || incoming.method === 'HEAD') outgoing.end();
    else await pipeline(Readable.fromWeb(response.body as ReadableStream), outgoing);
  } catch {
    outgoing.destroy(); // the client went away: there is nobody left to tell
  }
}

/** Undefined if the request line holds no URL, or a method that a web Request cannot have (TRACE, CONNECT). */
function webRequest(incoming: IncomingMessage): Request | undefined {
  const { method = 'GET', url = '/', headersDistinct } = incoming;
  const headers = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  const hasBody = method !== 'GET' && method !== 'HEAD';
  try {
    // The path is all that counts; what a client gives as Host may be anything. A proxy's client sends the whole URL.
    return new Request(url.startsWith('/') ? `http://localhost${url}` : url, {
      method,
      headers,
      ...(hasBody && { body: Readable.toWeb(incoming) as ReadableStream<Uint8Array>, duplex: 'half' }),
    });
  } catch {
    return undefined;
  }
}
