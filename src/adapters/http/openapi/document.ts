import { healthPath, livePath } from '../health-endpoint.ts';
import { longestWaitSeconds } from '../prefer-wait.ts';
import { messagesPath } from '../status-path.ts';
import { accepted, empty, headers, hostResponses, json, problem, type Responses, unavailable } from './responses.ts';
import { schemas } from './schemas.ts';

export const openApiPath = '/api/openapi.json';

const parameter = (name: string, description: string, example: string, where: 'header' | 'query' = 'header') => ({
  name,
  in: where,
  required: false,
  description,
  schema: { type: 'string' },
  example,
});

const messageIdParameter = {
  name: 'messageId',
  in: 'path',
  required: true,
  description:
    'The message ID: escaped as links have it, with escaped=true where that is another text than the ID; or percent-encoded, without it.',
  schema: { type: 'string' },
  example: 'order-1',
};

/** Whatever is not named in `responses` is an answer that any request can get. */
const operation = (operationId: string, summary: string, responses: Responses, more: object = {}) => ({
  operationId,
  summary,
  ...more,
  responses: { ...responses, default: { $ref: '#/components/responses/AnyRequest' } },
});

/** A Function App asks for no key here. */
const openToAll = { security: [] };

const options = (operationId: string, more: object = {}) =>
  operation(
    operationId,
    'Which methods are allowed',
    { 204: empty('Nothing but the header.', { Allow: headers.allow }) },
    more,
  );

/** GET of `responses`, and HEAD, which gets the same without content. */
const read = (name: string, summary: string, responses: Responses, more: object = {}) => ({
  get: operation(`get${name}`, summary, responses, more),
  head: operation(
    `head${name}`,
    `${summary}: headers only`,
    Object.fromEntries(Object.entries(responses).map(([status, { content, ...rest }]) => [status, rest])),
    more,
  ),
});

const statusHeaders = {
  ETag: headers.etag,
  'Retry-After': headers.retryAfter,
  'Preference-Applied': headers.preferenceApplied,
};

/**
 * What this API is, for machines. Source: OpenAPI Specification 3.1.1. A test sends every operation and checks each answer
 * against it.
 */
export const openApiDocument: Readonly<Record<string, unknown>> = {
  openapi: '3.1.1',
  info: {
    title: 'Immutable Service Bus',
    version: '1',
    summary: 'Submit messages whose work is done once, and see how far they are.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '/' }],
  // A Function App asks for a key; a standalone host for none.
  security: [{ functionKey: [] }, { functionKeyInQuery: [] }, {}],
  tags: [{ name: 'messages' }, { name: 'service' }],
  paths: {
    [messagesPath]: {
      post: operation(
        'submitMessage',
        'Submit a message',
        {
          ...accepted,
          400: problem([
            'bad-request',
            'empty-body',
            'incomplete-body',
            'broken-json',
            'invalid-event',
            'invalid-header',
            'invalid-parameter',
          ]),
          409: problem(['message-failed']),
          413: problem(['content-too-large']),
          415: problem(['unsupported-encoding'], { 'Accept-Encoding': headers.acceptEncoding }),
          422: problem(['content-mismatch']),
          ...unavailable('unavailable'),
        },
        {
          tags: ['messages'],
          description:
            'Puts the body on the queue. The same request with the same Idempotency-Key may be sent any number of times: the work is done once.',
          parameters: [
            parameter(
              'Idempotency-Key',
              'Becomes the message ID, 1 to 128 characters. A Structured Field string, or the bare key. Without it an ID is made and returned.',
              '"order-1"',
            ),
            parameter('traceparent', 'Goes along with the message (W3C Trace Context).', ''),
            parameter('again', 'With "true", a message whose work failed for good is tried again.', 'true', 'query'),
            parameter(
              'ce-id',
              'With ce-source, ce-type and ce-specversion: the body is the data of this CloudEvent.',
              'A1',
            ),
            parameter('ce-source', 'The source of the event; with its ID it says which message this is.', '/shop-a'),
            parameter('ce-type', 'The type of the event.', 'order.placed'),
            parameter('ce-specversion', 'The version of CloudEvents, "1.0".', '1.0'),
          ],
          requestBody: {
            required: true,
            description:
              'JSON is checked to be JSON; everything else is kept byte for byte. A CloudEvent in JSON is that event, and known by its source and ID.',
            content: {
              'application/json': { schema: {} },
              'application/cloudevents+json': { schema: { type: 'object' } },
              '*/*': { schema: {} },
            },
          },
        },
      ),
      options: options('messagesOptions'),
    },
    [`${messagesPath}/{messageId}`]: {
      parameters: [
        messageIdParameter,
        parameter('escaped', 'With "true", the message ID is in the escaped form of our links.', 'true', 'query'),
        parameter('source', 'The source of an event of another producer.', '/shop-a', 'query'),
        parameter('If-None-Match', 'Answers 304 if this is still the revision.', 'W/"0x8DC"'),
        parameter(
          'Prefer',
          `Holds the answer back until something happens, for so many seconds, at most ${longestWaitSeconds} (RFC 7240).`,
          'wait=20',
        ),
      ],
      ...read(
        'MessageStatus',
        'How far a message is',
        {
          200: json('What its lock says.', ['Processing', 'Retrying', 'Completed', 'Failed'], statusHeaders),
          304: empty('Nothing has changed.', statusHeaders),
          400: problem(['bad-request', 'invalid-message-id']),
          404: problem(['unknown-message'], {
            'Retry-After': { ...headers.retryAfter, required: true },
            'Preference-Applied': headers.preferenceApplied,
          }),
          ...unavailable('unavailable'),
        },
        { tags: ['messages'] },
      ),
      options: options('messageStatusOptions'),
    },
    [healthPath]: {
      ...read(
        'Health',
        'Whether the service is ready: its store and its queue answer',
        { 200: json('Both answer.', ['Ready']), ...unavailable('not-ready') },
        { tags: ['service'] },
      ),
      options: options('healthOptions'),
    },
    [livePath]: {
      ...read(
        'Liveness',
        'Whether the process answers at all',
        { 200: json('It does.', ['Live']) },
        { tags: ['service'], ...openToAll },
      ),
      options: options('livenessOptions', openToAll),
    },
    [openApiPath]: {
      ...read(
        'OpenApi',
        'This document',
        { 200: { description: 'OpenAPI 3.1.', content: { 'application/json': { schema: { type: 'object' } } } } },
        { tags: ['service'], ...openToAll },
      ),
      options: options('openApiOptions', openToAll),
    },
  },
  components: {
    schemas,
    responses: hostResponses,
    securitySchemes: {
      functionKey: { type: 'apiKey', in: 'header', name: 'x-functions-key' },
      functionKeyInQuery: { type: 'apiKey', in: 'query', name: 'code' },
    },
  },
};
