import { type ProblemKind, problems } from '../problem.ts';
import type { JsonSchema } from './schemas.ts';

/** An OpenAPI Response Object. */
export type ResponseObject = Readonly<Record<string, unknown>>;
export type Responses = Readonly<Record<string, ResponseObject>>;

const header = (description: string, schema: JsonSchema, required = false): ResponseObject => ({
  description,
  required,
  schema,
});

type HeaderName = 'allow' | 'acceptEncoding' | 'etag' | 'location' | 'preferenceApplied' | 'retryAfter';

export const headers: Readonly<Record<HeaderName, ResponseObject>> = {
  allow: header('The methods that are allowed here.', { type: 'string' }, true),
  acceptEncoding: header('The content codings that are taken.', { const: 'identity' }, true),
  etag: header('The revision of the lock.', { type: 'string', pattern: '^W/"[!#-~]*"$' }, true),
  location: header('Where the status of the message is.', { type: 'string', format: 'uri-reference' }, true),
  preferenceApplied: header('Which preference was honoured (RFC 7240).', {
    type: 'string',
    pattern: '^wait=([12]?[0-9]|30)$',
  }),
  retryAfter: header('When to ask again, in seconds.', { type: 'string', pattern: '^[1-9][0-9]*$' }),
};

const always = (retryAfter: ResponseObject): ResponseObject => ({ ...retryAfter, required: true });

/** An answer in JSON of one of these schemas. */
export const json = (description: string, names: readonly string[], answerHeaders: Responses = {}): ResponseObject => ({
  description,
  headers: answerHeaders,
  content: { 'application/json': { schema: oneOf(names) } },
});

/** An answer without content. */
export const empty = (description: string, answerHeaders: Responses = {}): ResponseObject => ({
  description,
  headers: answerHeaders,
});

/** An answer that is one of these problems. */
export const problem = (kinds: readonly ProblemKind[], answerHeaders: Responses = {}): ResponseObject => ({
  description: kinds.map((kind) => problems[kind].title).join('; '),
  headers: answerHeaders,
  content: { 'application/problem+json': { schema: oneOf(kinds) } },
});

const oneOf = (names: readonly string[]): JsonSchema => {
  const refs = names.map((name) => ({ $ref: `#/components/schemas/${name}` }));
  return refs.length === 1 ? { ...refs[0] } : { oneOf: refs };
};

export const unavailable = (kind: ProblemKind): Responses => ({
  503: problem([kind, 'busy'], { 'Retry-After': always(headers.retryAfter) }),
});

export const accepted: Responses = {
  202: json('The queue has the message.', ['Accepted'], {
    Location: headers.location,
    'Retry-After': always(headers.retryAfter),
  }),
};

/** What any request can get, whatever it asks for. Some of it only a standalone host answers, and some of it a host does. */
export const hostResponses: Responses = {
  AnyRequest: problem([
    'bad-request',
    'not-found',
    'method-not-allowed',
    'request-timeout',
    'expectation-failed',
    'headers-too-large',
    'internal-error',
    'not-implemented',
    'busy',
  ]),
};
