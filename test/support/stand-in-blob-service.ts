import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface StoredBlob {
  readonly content: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * As much of the Blob service as a lock and an archived message need: Put Blob, Get Blob, Get Blob Properties and Delete Blob
 * with their conditions. It has every container but one of the name `missing`. For tests of processes that only show what they stored; it checks no signature.
 */
export class StandInBlobService {
  /** By container and blob name, as in `locks/messages/lock-m1.lock`. */
  readonly blobs = new Map<string, StoredBlob>();
  /** What was asked of it, as in `PUT locks/messages/lock-m1.lock`. */
  readonly requests: string[] = [];
  readonly #server: Server = createServer((request, response) => void this.#serve(request, response));
  #versions = 0;

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get connectionString(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `DefaultEndpointsProtocol=http;AccountName=standin;AccountKey=c3RhbmRpbg==;BlobEndpoint=http://127.0.0.1:${port}/standin;`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await request.toArray());
    const { status, headers, content = '' } = this.#answer(request, body);
    response.writeHead(status, {
      date: new Date().toUTCString(),
      'x-ms-version': '2026-10-06',
      'content-length': Buffer.byteLength(content),
      ...headers,
    });
    response.end(request.method === 'HEAD' ? undefined : content);
  }

  #answer({ method, url = '', headers }: IncomingMessage, body: Buffer): Answer {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    if (searchParams.get('restype') === 'container') return { status: 200 };
    const name = decodeURIComponent(pathname).replace('/standin/', '');
    this.requests.push(`${method} ${name}`);
    if (name.startsWith('missing/')) return failure(404, 'ContainerNotFound');
    const stored = this.blobs.get(name);
    switch (method) {
      case 'PUT':
        if (headers['if-none-match'] === '*' && stored) return failure(409, 'BlobAlreadyExists');
        if (headers['if-match'] && headers['if-match'] !== stored?.headers['etag'])
          return failure(412, 'ConditionNotMet');
        return { status: 201, headers: this.#store(name, body, headers) };
      case 'DELETE':
        if (stored === undefined) return failure(404, 'BlobNotFound');
        this.blobs.delete(name);
        return { status: 202 };
      default:
        if (stored === undefined) return failure(404, 'BlobNotFound');
        return { status: 200, headers: stored.headers, content: stored.content };
    }
  }

  #store(name: string, content: Buffer, given: IncomingMessage['headers']): Record<string, string> {
    this.#versions += 1;
    const metadata = Object.entries(given).filter(([key]) => key.startsWith('x-ms-meta-'));
    const written = { etag: `"${this.#versions}"`, 'last-modified': new Date().toUTCString() };
    const type = String(given['x-ms-blob-content-type'] ?? 'application/octet-stream');
    const headers = {
      ...written,
      'content-type': type,
      'x-ms-blob-type': 'BlockBlob',
      ...Object.fromEntries(metadata),
    };
    this.blobs.set(name, { content, headers: headers as Record<string, string> });
    return written;
  }
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly content?: Buffer | string;
}

const failure = (status: number, code: string): Answer => ({
  status,
  headers: { 'x-ms-error-code': code, 'content-type': 'application/xml' },
  content: `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`,
});
