import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { Deadline } from '../deadline.ts';
import type { Log } from '../log.ts';

/**
 * Who takes a connection, once its first byte has said what it speaks. It comes paused, as if nothing had been read of it,
 * and is to be resumed by who takes it.
 */
export interface Protocols {
  /** Takes a client of AMQP. */
  readonly onAmqp: (stream: Duplex) => void;
  /** Takes a client of HTTP, which may ask for AMQP over WebSockets. */
  readonly onHttp: (socket: Duplex) => void;
  /** Takes a client of TLS, and gives the stream within to `onSecure`. */
  readonly onTls: (socket: Socket, onSecure: (secure: TLSSocket) => void) => void;
}

export interface FrontDoorOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly log: Log;
  /** How long a client may take for its first byte, in milliseconds. */
  readonly clientTimeoutMs: number;
}

/** The first byte of a TLS record that opens a connection. Source: RFC 8446, section 5.1. */
const tlsHandshake = 0x16;
/** The first byte of an AMQP header. No method of HTTP begins with it. */
const letterA = 0x41;

/** One port for plain AMQP, AMQP over TLS, HTTP and AMQP over WebSockets: the first byte tells which it is. */
export class FrontDoor {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: ReadonlySet<Socket>;

  /**
   * Listens when the promise resolves. Rejects if the port is taken; `cause` is then the error of the operating system,
   * with its `code` EADDRINUSE.
   */
  static async open(options: FrontDoorOptions, protocols: Protocols): Promise<FrontDoor> {
    const { host, port } = options;
    const sockets = new Set<Socket>();
    const server = createServer({ noDelay: true }, (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      tellApart(socket, options, protocols);
    });
    server.listen(port, host);
    try {
      await once(server, 'listening');
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`The Service Bus emulator cannot listen on port ${port} of ${host}: ${why}.`, { cause });
    }
    // An accept can fail later, with too many files open. That is one client's loss, and must not end the process.
    server.on('error', (error) => options.log(`A client could not be accepted: ${error.message}`));
    return new FrontDoor(server, sockets);
  }

  private constructor(server: Server, sockets: ReadonlySet<Socket>) {
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    this.#sockets = sockets;
  }

  /** Resolves when nothing listens any more and every connection is gone. */
  async close(): Promise<void> {
    const isClosed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await isClosed;
  }
}

/** Looks at the first byte, also within TLS, and hands the connection on as if nobody had. */
function tellApart(socket: Socket, options: FrontDoorOptions, protocols: Protocols): void {
  const { log, clientTimeoutMs } = options;
  const deadline = new Deadline(clientTimeoutMs, () => {
    log('A client took too long to say anything.');
    socket.destroy();
  });
  deadline.start();
  socket.once('close', () => deadline.stop());
  const ignoreError = () => {}; // followed by a close
  socket.on('error', ignoreError);
  socket.once('data', (bytes: Buffer) => {
    deadline.stop();
    socket.pause();
    socket.unshift(bytes);
    const [first] = bytes;
    if (first === tlsHandshake && !('encrypted' in socket)) {
      protocols.onTls(socket, (secure) => tellApart(secure, options, protocols));
    } else if (first === letterA) {
      protocols.onAmqp(socket);
    } else if (first !== undefined && isLetter(first)) {
      protocols.onHttp(socket);
    } else {
      log(`A client speaks neither AMQP nor HTTP nor TLS: it begins with ${bytes.subarray(0, 8).toString('hex')}.`);
      // Which says what would be understood: AMQP 1.0 part 2, section 2.2.
      socket.resume();
      socket.end(Buffer.from('AMQP\0\x01\0\0', 'latin1'), () => socket.destroy());
    }
  });
}

const isLetter = (byte: number): boolean => byte >= 0x41 && byte <= 0x5a;
