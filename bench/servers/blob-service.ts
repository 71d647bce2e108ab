import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { listAnswer } from './blob-listing.ts';
import type { OldLocks } from './old-locks.ts';
import { type BlobRequest, type Refusal, type StoredBlob, StoredBlobs } from './stored-blobs.ts';

/** The account that requests are addressed to. Nobody checks their signatures. */
export const account = 'bench';

interface Reply {
  readonly status: number;
  /** Names and values, in pairs. */
  readonly headers?: readonly string[];
  readonly content?: Buffer;
}

/**
 * As much of the Blob service as locks of all kinds need, at a twentieth of an emulator's cost, so that a client's own cost
 * shows: Put, Get, Head and Delete Blob with their conditions, Lease Blob, List Blobs. It counts requests, and can answer late.
 */
export class BlobService {
  readonly stored = new StoredBlobs();
  /** How much later than at once an answer is sent, in milliseconds. */
  latencyMs = 0;
  requests = 0;
  /** Blobs that exist by rule alone, besides the stored ones. */
  oldLocks: OldLocks | undefined;

  readonly onRequest: RequestListener = (request, response) => {
    this.requests += 1;
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const answer = () => send(request, response, this.#reply(request, chunks));
      if (this.latencyMs > 0) setTimeout(answer, this.latencyMs);
      else answer();
    });
  };

  #reply(request: IncomingMessage, chunks: readonly Buffer[]): Reply {
    const { method, headers, url = '' } = request;
    const [path = '', query = ''] = url.split('?', 2);
    const name = decodeURIComponent(path.slice(account.length + 2));
    if (query.includes('restype=container')) {
      return this.#container(name, new URLSearchParams(query), method === 'PUT' ? 201 : 200);
    }
    const asked: BlobRequest = {
      ifMatch: headers['if-match'],
      ifNoneMatch: headers['if-none-match'],
      leaseId: text(headers['x-ms-lease-id']),
    };
    if (method === 'PUT' && query.includes('comp=lease')) return this.#lease(name, headers);
    if (method === 'PUT') return this.#put(name, request, chunks, asked);
    const stored = this.#stored(name);
    if (stored === undefined) return refused([404, 'BlobNotFound']);
    if (method === 'DELETE') return this.#delete(name, asked);
    return { status: 200, headers: headersOf(stored), content: stored.content };
  }

  #stored = (name: string): StoredBlob | undefined => this.stored.blobs.get(name) ?? this.oldLocks?.find(name);

  #container(container: string, query: URLSearchParams, status: number): Reply {
    if (query.get('comp') !== 'list') return { status };
    const content = listAnswer(container, query, this.stored.blobs, this.oldLocks);
    return { status: 200, headers: ['content-type', 'application/xml'], content };
  }

  #put(name: string, request: IncomingMessage, chunks: readonly Buffer[], asked: BlobRequest): Reply {
    const refusal = this.stored.refusal(name, asked);
    if (refusal !== undefined) return refused(refusal);
    const { etag, lastModified } = this.stored.put(name, {
      content: Buffer.concat(chunks),
      contentType: text(request.headers['x-ms-blob-content-type']) ?? 'application/octet-stream',
      metadata: metadataIn(request.rawHeaders),
    });
    return { status: 201, headers: ['etag', etag, 'last-modified', lastModified] };
  }

  #lease(name: string, headers: IncomingMessage['headers']): Reply {
    const leaseId = text(headers['x-ms-proposed-lease-id']) ?? text(headers['x-ms-lease-id']) ?? crypto.randomUUID();
    const action = text(headers['x-ms-lease-action']);
    const leased = this.stored.lease(name, action, leaseId);
    if (!('etag' in leased)) return refused(leased);
    return { status: action === 'acquire' ? 201 : 200, headers: [...revisionOf(leased), 'x-ms-lease-id', leaseId] };
  }

  #delete(name: string, asked: BlobRequest): Reply {
    const old = this.stored.blobs.has(name) ? undefined : this.oldLocks?.find(name);
    const refusal =
      old === undefined
        ? this.stored.refusal(name, asked)
        : asked.ifMatch !== old.etag && ([412, 'ConditionNotMet'] as const);
    if (refusal) return refused(refusal);
    if (old === undefined) this.stored.delete(name);
    else this.oldLocks?.delete(name);
    return { status: 202 };
  }
}

const text = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' ? header : undefined;

const revisionOf = ({ etag, lastModified }: StoredBlob): string[] => ['etag', etag, 'last-modified', lastModified];

const headersOf = (blob: StoredBlob): string[] => [
  ...revisionOf(blob),
  'content-type',
  blob.contentType,
  'x-ms-blob-type',
  'BlockBlob',
  ...blob.metadata,
];

function metadataIn(rawHeaders: readonly string[]): string[] {
  const metadata: string[] = [];
  for (let place = 0; place < rawHeaders.length; place += 2) {
    const [name = '', value = ''] = rawHeaders.slice(place, place + 2);
    if (name.toLowerCase().startsWith('x-ms-meta-')) metadata.push(name, value);
  }
  return metadata;
}

function refused([status, code]: Refusal): Reply {
  const content = Buffer.from(
    `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>Refused.</Message></Error>`,
  );
  return { status, headers: ['content-type', 'application/xml', 'x-ms-error-code', code], content };
}

function send({ method, headers }: IncomingMessage, response: ServerResponse, reply: Reply): void {
  const { status, headers: own = [], content } = reply;
  const clientRequestId = text(headers['x-ms-client-request-id']);
  response.writeHead(status, [
    'content-length',
    String(content?.length ?? 0),
    'date',
    new Date().toUTCString(),
    'x-ms-version',
    '2026-10-06',
    'x-ms-request-id',
    '00000000-0000-0000-0000-000000000000',
    ...(clientRequestId === undefined ? [] : ['x-ms-client-request-id', clientRequestId]),
    ...own,
  ]);
  response.end(method === 'HEAD' ? undefined : content);
}
