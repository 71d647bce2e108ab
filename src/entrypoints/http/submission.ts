import { jsonContent } from '../../adapters/cloud-events/json-content.ts';
import type { Submission } from '../../application/submit-message.ts';
import type { Content } from '../../domain/message.ts';
import { isMessageId } from '../../domain/message-id.ts';
import { messageIdFromHeader } from './idempotency-key.ts';
import { type ProblemKind, problem } from './problem.ts';
import { readBody } from './request-body.ts';

/** The submission in a request, or the answer that says what is wrong with it. */
export async function submissionFrom(request: Request, mostBytes: number): Promise<Submission | Response> {
  const id = idFrom(request.headers);
  if (isRefused(id)) return problem(...id.refused);
  const contentType = request.headers.get('content-type') ?? undefined;
  const body = await readBody(request, mostBytes);
  if (body === 'too-large') return problem('content-too-large', `The body may have at most ${mostBytes} bytes.`);
  if (body === 'cut-off') return problem('incomplete-body', 'The body ended before it was complete.');
  if (body.byteLength === 0) return problem('empty-body', 'Send the content of the message as the body.');
  const content = contentFrom(body, contentType);
  if (isRefused(content)) return problem(...content.refused);
  const traceparent = request.headers.get('traceparent') ?? '';
  return {
    ...(id !== undefined && { id }),
    ...(contentType !== undefined && { contentType }),
    ...(traceparentPattern.test(traceparent) && { traceparent }),
    content,
  };
}

interface Refused {
  readonly refused: readonly [ProblemKind, string];
}

const isRefused = (value: unknown): value is Refused =>
  typeof value === 'object' && value !== null && 'refused' in value;

function idFrom(headers: Headers) {
  const header = headers.get('idempotency-key');
  if (header === null) return undefined;
  const id = messageIdFromHeader(header);
  return isMessageId(id) ? id : ({ refused: ['invalid-header', id.problem] } satisfies Refused);
}

/** JSON is checked to be JSON; everything else is kept byte for byte. Source of `+json`: RFC 6839, section 3.1. */
function contentFrom(bytes: Uint8Array, contentType = ''): Content | Refused {
  const [mediaType = '', ...parameters] = contentType
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  if (mediaType !== 'application/json' && !mediaType.endsWith('+json')) return { kind: 'binary', bytes };
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  if (charset !== undefined && !/^("?)(?:utf-?8|us-ascii)\1$/.test(charset)) {
    return { refused: ['broken-json', 'JSON is sent in UTF-8 (RFC 8259, section 8.1).'] };
  }
  try {
    return jsonContent(bytes);
  } catch (error) {
    return { refused: ['broken-json', error instanceof Error ? error.message : 'It cannot be read.'] };
  }
}

/** Source: W3C Trace Context, section 3.2.2. Any other value is ignored, as that section asks. */
const traceparentPattern = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/;
