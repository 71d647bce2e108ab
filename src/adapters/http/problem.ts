import type { TextResponse } from './api-response.ts';
import { jsonResponse } from './json-response.ts';

/** What can be wrong with a request or with us, each with its HTTP status and a title that never changes. */
export const problems = {
  'bad-request': { status: 400, title: 'This is not an HTTP request that the server understands' },
  'empty-body': { status: 400, title: 'The body is empty' },
  'incomplete-body': { status: 400, title: 'The body was cut off' },
  'broken-json': { status: 400, title: 'The body is not JSON' },
  'invalid-message-id': { status: 400, title: 'A message cannot have this ID' },
  'invalid-event': { status: 400, title: 'The CloudEvent is not valid' },
  'invalid-parameter': { status: 400, title: 'A query parameter has a bad value' },
  'invalid-header': { status: 400, title: 'A header has a bad value' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'unknown-message': { status: 404, title: 'No lock of this message' },
  'method-not-allowed': { status: 405, title: 'This method is not allowed here' },
  'request-timeout': { status: 408, title: 'The request took too long to arrive' },
  'message-failed': { status: 409, title: 'The message failed for good' },
  'content-too-large': { status: 413, title: 'The content is too large for the queue' },
  'unsupported-encoding': { status: 415, title: 'The body is compressed' },
  'expectation-failed': { status: 417, title: 'The expectation cannot be met' },
  'content-mismatch': { status: 422, title: 'The key belongs to other content' },
  'headers-too-large': { status: 431, title: 'The headers are too large' },
  'internal-error': { status: 500, title: 'Something went wrong here' },
  'not-implemented': { status: 501, title: 'The server does not support this' },
  unavailable: { status: 503, title: 'Not available now' },
  busy: { status: 503, title: 'Too many requests at once' },
  'not-ready': { status: 503, title: 'Not ready' },
} as const;

export type ProblemKind = keyof typeof problems;

/** The name of a problem for machines: it never changes. */
export const problemType = (kind: ProblemKind): string => `urn:immutable-service-bus:problem:${kind}`;

export interface ProblemOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of the problem object. */
  readonly members?: Readonly<Record<string, unknown>>;
}

/**
 * An error as a response of type `application/problem+json`; its `type` is stable. `detail` is for people, and holds nothing
 * that came with the request but message IDs and sizes, as JSON. Source: RFC 9457, section 3.
 */
export function problem(kind: ProblemKind, detail: string, { headers, members }: ProblemOptions = {}): TextResponse {
  const { status, title } = problems[kind];
  const body = { type: problemType(kind), title, status, detail, ...members };
  return jsonResponse(status, body, { 'content-type': 'application/problem+json', ...headers });
}
