import type { Submission } from '../../application/submit-message.ts';
import { charsetOf, isJsonType } from '../../domain/media-type.ts';
import type { Content, Message } from '../../domain/message.ts';
import { isMessageId, type MessageId } from '../../domain/message-id.ts';
import type { TraceContext } from '../../domain/trace-context.ts';
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
  /**
   * The event that a request carries; undefined if it carries other content; or what is wrong with it. Throws if it is to be
   * JSON, and is not.
   */
  readonly eventIn: (
    request: Pick<ApiRequest, 'headers'> & { readonly contentType: string | undefined; readonly body: Uint8Array },
  ) => Message | { readonly problem: string } | undefined;
  /** Whether an event is in the headers, so that the body may be empty. */
  readonly isEventInHeaders: (headers: ApiRequest['headers']) => boolean;
}

/** The submission in a request, or what is wrong with it. Its trace starts at `start`, if it does not come with one. */
export async function submissionFrom(
  request: ApiRequest,
  rules: SubmissionRules,
  start: TraceContext | undefined,
): Promise<ReadSubmission | Refusal> {
  const { headers } = request;
  const id = idFrom(headers);
  if (isRefusal(id)) return id;
  const contentType = contentTypeFrom(headers);
  if (isRefusal(contentType)) return contentType;
  const encoding = headers.get('content-encoding') || 'identity';
  if (encoding.toLowerCase() !== 'identity') return refusal('unsupported-encoding', ...onlyIdentity);
  const body = await readBody(request, rules.mostBodyBytes);
  if (body === 'too-large') {
    return refusal('content-too-large', `The body may have at most ${rules.mostBodyBytes} bytes.`);
  }
  if (body === 'cut-off') return refusal('incomplete-body', 'The body ended before it was complete.');
  if (body.byteLength === 0 && !rules.isEventInHeaders(headers)) {
    return refusal('empty-body', 'Send the content of the message as the body.');
  }
  const submission = readContent({ id, contentType, headers, body }, rules);
  if (isRefusal(submission)) return submission;
  return {
    submission: submission.traceparent === undefined ? { ...submission, ...start } : submission,
    bytes: body.byteLength,
  };
}

export const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' && value !== null && 'refused' in value;

const refusal = (...refused: Refusal['refused']): Refusal => ({ refused });

/** Source: RFC 9110, section 15.5.16: the answer says which codings would have been taken. */
const onlyIdentity = [
  'Send the body as it is: a Content-Encoding would be lost on the queue, and the content could not be read.',
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

interface ReadRequest extends Pick<ApiRequest, 'headers'> {
  readonly id: MessageId | undefined;
  readonly contentType: string | undefined;
  readonly body: Uint8Array;
}

/** An event is what it says it is; any other body is content, of which JSON is checked to be JSON. */
function readContent(
  { id, contentType, headers, body }: ReadRequest,
  { eventIn, jsonContent }: SubmissionRules,
): Submission | Refusal {
  const isJson = contentType !== undefined && isJsonType(contentType);
  const charset = contentType && charsetOf(contentType);
  if (isJson && charset !== undefined && !/^(?:utf-?8|us-ascii)$/.test(charset)) {
    return refusal('broken-json', 'JSON is sent in UTF-8 (RFC 8259, section 8.1).');
  }
  try {
    const event = eventIn({ contentType, headers, body });
    if (event !== undefined) return eventSubmission(event, id);
    const content: Content = isJson ? jsonContent(body) : { kind: 'binary', bytes: body };
    return { ...(id !== undefined && { id }), ...(contentType !== undefined && { contentType }), content };
  } catch (error) {
    const where = error instanceof SyntaxError ? ` ${error.message}` : '';
    return refusal('broken-json', `The Content-Type says that the body is JSON in UTF-8 (RFC 8259).${where}`);
  }
}

function eventSubmission(event: Message | { readonly problem: string }, id: MessageId | undefined) {
  if ('problem' in event) return refusal('invalid-event', event.problem);
  if (id === undefined || id === event.id) return event;
  return refusal('invalid-header', 'Idempotency-Key must be the ID of the event, or be left out: the event has one.');
}
