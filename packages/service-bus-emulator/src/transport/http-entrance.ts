import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Log } from '../log.ts';

/** The longest message of a WebSocket that is taken, in bytes. Clients put one or a few AMQP frames into each. */
const maxPayload = 1 << 20;

/** Where clients ask for AMQP over WebSockets, and what they call it. */
const webSocketPath = /^\/\$servicebus\/websocket\/?(\?|$)/;
const subprotocols = ['AMQPWSB10', 'amqp'];

/** The longest request of an administrator that is taken, in bytes. */
const maxBody = 1 << 20;

/** What a request that is neither about health nor a WebSocket is answered. */
export type Answer = (request: {
  readonly method: string;
  readonly url: string;
  readonly host: string;
  readonly isUpdate: boolean;
  readonly body: string;
}) => Promise<{ readonly status: number; readonly body: string }>;

/** Answers clients that speak HTTP: whether the emulator is well, administration, and AMQP over WebSockets. */
export class HttpEntrance {
  readonly #onAmqp: (stream: Duplex) => void;
  readonly #answer: Answer;
  readonly #log: Log;
  #server: Promise<Server> | undefined;

  constructor(onAmqp: (stream: Duplex) => void, answer: Answer, log: Log) {
    this.#onAmqp = onAmqp;
    this.#answer = answer;
    this.#log = log;
  }

  /** Loads what it needs when the first one comes: most tests have no client that speaks HTTP. */
  enter(socket: Duplex): void {
    this.#server ??= this.#start();
    void this.#server.then((server) => {
      server.emit('connection', socket);
      socket.resume();
    });
  }

  async #start(): Promise<Server> {
    const [http, { WebSocketServer, createWebSocketStream }] = await Promise.all([import('node:http'), import('ws')]);
    const webSockets = new WebSocketServer({
      noServer: true,
      maxPayload,
      perMessageDeflate: false,
      handleProtocols: (offered) => subprotocols.find((each) => offered.has(each)) ?? false,
    });
    const server = http.createServer((request, response) => void this.#respond(request, response));
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
      // Gone without a goodbye, or told already.
      if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
      this.#log(`A client on HTTP makes no sense: ${error.message}`);
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    });
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (!webSocketPath.test(request.url ?? '')) {
        socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        const stream = createWebSocketStream(webSocket);
        stream.on('error', (error) => this.#log(`A client on a WebSocket is lost: ${error.message}`));
        this.#onAmqp(stream);
      });
    });
    return server;
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '/', headers } = request;
    if (/^\/health(\?|$)/.test(url)) {
      answerHealth(method, response);
      return;
    }
    try {
      const body = await bodyOf(request);
      const isUpdate = headers['if-match'] !== undefined;
      const answer = await this.#answer({ method, url, host: headers.host ?? 'localhost', isUpdate, body });
      response.writeHead(answer.status, { 'content-type': 'application/atom+xml; charset=utf-8' });
      response.end(answer.body);
    } catch (error) {
      this.#log(error instanceof Error ? (error.stack ?? error.message) : String(error));
      reply(response, 500, { error: 'The emulator has made a mistake; its log says more.' });
    }
  }
}

/** `GET /health` as the official emulator answers it. */
function answerHealth(method: string, response: ServerResponse): void {
  if (method !== 'GET' && method !== 'HEAD') reply(response, 405, { error: 'Only GET is allowed.' });
  else reply(response, 200, { status: 'healthy', message: 'Service Bus is healthy' });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBody) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(status === 405 && { allow: 'GET, HEAD' }),
  });
  response.end(JSON.stringify(body));
}
