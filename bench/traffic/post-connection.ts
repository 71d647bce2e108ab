import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/**
 * A kept connection over which messages are posted, one request at a time. By hand on a socket: a client of node:http would take
 * as much of the machine as the server that is measured.
 */
export class PostConnection {
  readonly #socket: Socket;
  readonly #head: string;
  #received = '';
  #answer: PromiseWithResolvers<string> | undefined;

  static async open(address: string): Promise<PostConnection> {
    const { hostname, port } = new URL(address);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, 'connect');
    return new PostConnection(socket, hostname);
  }

  private constructor(socket: Socket, host: string) {
    this.#socket = socket;
    this.#head = `POST /api/messages HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\n`;
    socket.setEncoding('latin1').on('data', (text: string) => this.#take(text));
    socket.on('error', () => undefined); // followed by close
    socket.on('close', () => this.#answer?.reject(new Error('The host closed a connection with a request on it.')));
  }

  /**
   * Posts `json`, which is ASCII, and returns the content of the answer with what encodes it.
   *
   * @throws Error if the answer is not 202.
   */
  post(json: string, idempotencyKey?: string): Promise<string> {
    const key = idempotencyKey === undefined ? '' : `idempotency-key: "${idempotencyKey}"\r\n`;
    this.#answer = Promise.withResolvers();
    this.#socket.write(`${this.#head}${key}content-length: ${json.length}\r\n\r\n${json}`);
    return this.#answer.promise;
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(text: string): void {
    this.#received += text;
    const headLength = this.#received.indexOf('\r\n\r\n') + 4;
    if (headLength === 3) return;
    const head = this.#received.slice(0, headLength);
    const content = this.#received.slice(headLength);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined ? !content.endsWith('\r\n0\r\n\r\n') : content.length < Number(length)) return;
    this.#received = '';
    if (head.startsWith('HTTP/1.1 202 ')) this.#answer?.resolve(content);
    else this.#answer?.reject(new Error(`A message was not accepted: ${head}${content}`));
  }
}
