import type { Submission } from '../../application/submit-message.ts';
import type { Content } from '../../domain/message.ts';
import { isMessageId } from '../../domain/message-id.ts';
import type { ApiRequest } from './api-request.ts';
import { messageIdFromHeader } from './idempotency-key.ts';
import { isMediaType } from './media-type.ts';
import type { ProblemKind, ProblemOptions } from './problem.ts';
import { readBody } from './request-body.ts';

export interface ReadSubmission {
  readonly submission: Submission;
  /** The size of the body. */
  readonly bytes: number;
}

/** What is wrong with a request, as a problem. */
export interface Refusal {
  readonly refused: readonly [ProblemKind, string, ProblemOptions?];
}

export interface SubmissionRules {
  /** The largest body that is read, in bytes: what the queue takes at most. */
  readonly mostBodyBytes: number;
  /** JSON text as content. Throws if the bytes are not JSON in UTF-8 (RFC 8259). */
  readonly jsonContent: (bytes: Uint8Array) => Content;
}

/** The submission in a request, or what is wrong with it. */
export async function submissionFrom(
  request: ApiRequest,
  { mostBodyBytes, jsonContent }: SubmissionRules,
): Promise<ReadSubmission | Refusal> {
  const id = idFrom(request.headers);
  if (isRefusal(id)) return id;
  const contentType = contentTypeFrom(request.headers);
  if (isRefusal(contentType)) return contentType;
  const encoding = request.headers.get('content-encoding') || 'identity';
  if (encoding.toLowerCase() !== 'identity') return refusal('unsupported-encoding', ...onlyIdentity);
  const body = await readBody(request, mostBodyBytes);
  if (body === 'too-large') return refusal('content-too-large', `The body may have at most ${mostBodyBytes} bytes.`);
  if (body === 'cut-off') return refusal('incomplete-body', 'The body ended before it was complete.');
  if (body.byteLength === 0) return refusal('empty-body', 'Send the content of the message as the body.');
  const content = contentFrom(body, contentType, jsonContent);
  if (isRefusal(content)) return content;
  const traceparent = request.headers.get('traceparent') ?? '';
  return {
    submission: {
      ...(id !== undefined && { id }),
      ...(contentType !== undefined && { contentType }),
      ...(traceparentPattern.test(traceparent) && { traceparent }),
      content,
    },
    bytes: body.byteLength,
  };
}

export const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' && value !== null && 'refused' in value;

const refusal = (...refused: Refusal['refused']): Refusal => ({ refused });

/** Source: RFC 9110, section 15.5.16: the answer says which codings would have been taken. */
const onlyIdentity = [
  'Send the body as it is: with a Content-Encoding, nobody would know later how to read it.',
  { headers: { 'accept-encoding': 'identity' } },
] as const;

function idFrom(headers: ApiRequest['headers']) {
  const header = headers.get('idempotency-key');
  if (header === null) return undefined;
  const id = messageIdFromHeader(header);
  return isMessageId(id) ? id : refusal('invalid-header', id.problem);
}

/** An empty header counts as none. */
function contentTypeFrom(headers: ApiRequest['headers']): string | undefined | Refusal {
  const value = headers.get('content-type') || undefined;
  if (value === undefined || isMediaType(value)) return value;
  return refusal('invalid-header', 'Content-Type must be a media type, like "application/json" or "text/plain".');
}

/** JSON is checked to be JSON; everything else is kept byte for byte. Source of `+json`: RFC 6839, section 3.1. */
function contentFrom(
  bytes: Uint8Array,
  contentType = '',
  jsonContent: SubmissionRules['jsonContent'],
): Content | Refusal {
  const [mediaType = '', ...parameters] = contentType
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  if (mediaType !== 'application/json' && !mediaType.endsWith('+json')) return { kind: 'binary', bytes };
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  if (charset !== undefined && !/^("?)(?:utf-?8|us-ascii)\1$/.test(charset)) {
    return refusal('broken-json', 'JSON is sent in UTF-8 (RFC 8259, section 8.1).');
  }
  try {
    return jsonContent(bytes);
  } catch (error) {
    const where = error instanceof SyntaxError ? ` ${error.message}` : '';
    return refusal('broken-json', `The Content-Type says that the body is JSON in UTF-8 (RFC 8259).${where}`);
  }
}

/** Source: W3C Trace Context, section 3.2.2. Any other value is ignored, as that section asks. */
const traceparentPattern = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/;
