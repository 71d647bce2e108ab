import type { Revision, WriteCondition } from '../../application/ports/lock-store.ts';
import { conditionHeaders, revisionIn } from './conditional-write.ts';
import type { DirectRequests } from './direct-requests.ts';
import type { RequestSignal } from './request-deadline.ts';

export interface BlobToPut {
  readonly blob: string;
  /** An append blob is created empty. Default: a block blob. */
  readonly type?: 'BlockBlob' | 'AppendBlob';
  readonly content: Buffer;
  readonly contentType: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly condition: WriteCondition;
  readonly signal: RequestSignal;
}

/**
 * Writes a blob, content and metadata in one request.
 *
 * @throws as SendWhole does; BrokenAnswerError if the answer does not say what was written.
 *
 * Source: Microsoft, "Put Blob", request headers.
 */
export async function putBlob(
  requests: DirectRequests,
  { blob, type = 'BlockBlob', content, contentType, metadata = {}, condition, signal }: BlobToPut,
): Promise<Revision> {
  const headers: Record<string, string> = {
    'x-ms-blob-type': type,
    'x-ms-blob-content-type': contentType.replace(/[\r\n]/g, '').trim(),
    'content-type': 'application/octet-stream',
    'content-length': String(content.length),
    ...conditionHeaders(condition),
  };
  for (const name in metadata) headers[`x-ms-meta-${name}`] = metadata[name] ?? '';
  return revisionIn(await requests.send({ method: 'PUT', expected: 201, blob, headers, body: content, signal }));
}
