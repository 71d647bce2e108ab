import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Log } from '../log.ts';

/** The longest message of a WebSocket that is taken, in bytes. Clients put one or a few AMQP frames into each. */
const maxPayload = 1 << 20;

/** Where clients ask for AMQP over WebSockets, and what they call it. */
const webSocketPath = /^\/\$servicebus\/websocket\/?(\?|$)/;
const subprotocols = ['AMQPWSB10', 'amqp'];

/** Answers clients that speak HTTP: whether the emulator is well, and AMQP over WebSockets. */
export class HttpEntrance {
  readonly #onAmqp: (stream: Duplex) => void;
  readonly #log: Log;
  #server: Promise<Server> | undefined;

  constructor(onAmqp: (stream: Duplex) => void, log: Log) {
    this.#onAmqp = onAmqp;
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
    const server = http.createServer(answer);
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
}

/** `GET /health` as the official emulator answers it. */
function answer({ method, url }: IncomingMessage, response: ServerResponse): void {
  const [path] = (url ?? '').split('?');
  if (path !== '/health') reply(response, 404, { error: 'There is only /health here.' });
  else if (method !== 'GET' && method !== 'HEAD') reply(response, 405, { error: 'Only GET is allowed.' });
  else reply(response, 200, { status: 'healthy', message: 'Service Bus is healthy' });
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(status === 405 && { allow: 'GET, HEAD' }),
  });
  response.end(JSON.stringify(body));
}
