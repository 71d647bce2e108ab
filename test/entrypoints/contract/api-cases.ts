import { fingerprintOf } from '../../../src/adapters/system/fingerprint-of.ts';
import type { LockRecord } from '../../../src/domain/lock-record.ts';
import { durationMs, seconds } from '../../../src/domain/time.ts';
import { heldBy, messageId } from '../../support/lock-records.ts';
import type { ApiRequest } from './api-contract.ts';

/** What is wrong around the service while a request is answered. */
export type Trouble = 'store-down' | 'queue-down';

/** A request, what it meets, and what it must be answered. */
export interface ApiCase {
  readonly what: string;
  readonly request: ApiRequest;
  readonly expected: { readonly status: number; readonly kind?: string; readonly members?: object };
  readonly trouble?: Trouble;
  /** Sends the entity tag of the last answer along. */
  readonly isConditional?: boolean;
}

const longError = 'Error: the card was declined';
const step = { name: 'charge', status: 'finished', result: '1' } as const;
const lock = (id: string, changes: Partial<LockRecord>): LockRecord =>
  heldBy('owner', { messageId: messageId(id), ttlMs: seconds(900), ...changes });

/** Of `{"n":1}`, as a host submits it. */
const submitted = fingerprintOf({
  type: 'immutable-service-bus.message.submitted',
  contentType: 'application/json',
  content: { kind: 'json', value: { n: 1 } },
});

/** The locks that the cases meet. */
export const plantedLocks: readonly LockRecord[] = [
  lock('is-processing', { steps: [step, { name: 'ship', status: 'started', result: null }], attempt: 2 }),
  lock('is-retrying', { state: 'released', lastError: longError, retryAfterMs: seconds(40) }),
  lock('was-given-up', { state: 'released', retryAfterMs: durationMs(0) }),
  lock('is-completed', { state: 'completed', result: '{"stored":true}', steps: [step] }),
  lock('is-completed-with-nothing', { state: 'completed' }),
  lock('is-failed', { state: 'failed', lastError: longError }),
  lock('has-other-content', {}),
  lock('has-failed', { state: 'failed', lastError: longError, fingerprint: submitted }),
  lock('of-an-event', { state: 'completed', source: '/shop-a' }),
  lock('needs/escapes', { state: 'completed' }),
];

/** Something that is no lock at all, under the name of this message's. */
export const corruptId = 'is-corrupt';

const json = { 'content-type': 'application/json' };
const post = (body: string, headers: Readonly<Record<string, string>> = json, query = ''): ApiRequest => ({
  method: 'POST',
  path: `/api/messages${query}`,
  headers,
  body,
});
const status = (id: string, method = 'GET', headers: Readonly<Record<string, string>> = {}): ApiRequest => ({
  method,
  path: `/api/messages/${id}`,
  headers,
});
const to = (path: string, method = 'GET'): ApiRequest => ({ method, path });
const key = (value: string) => ({ ...json, 'idempotency-key': value });

const submissions: readonly ApiCase[] = [
  { what: 'JSON with a key', request: post('{"n":1}', key('"order 1"')), expected: { status: 202 } },
  { what: 'JSON with a bare key', request: post('[]', key('order-2')), expected: { status: 202 } },
  { what: 'text without a key', request: post('x', { 'content-type': 'text/plain' }), expected: { status: 202 } },
  { what: 'nothing', request: post(''), expected: { status: 400, kind: 'empty-body' } },
  { what: 'broken JSON', request: post('{"n":'), expected: { status: 400, kind: 'broken-json' } },
  { what: 'a bad key', request: post('1', key('"order')), expected: { status: 400, kind: 'invalid-header' } },
  {
    what: 'no media type',
    request: post('1', { 'content-type': 'x' }),
    expected: { status: 400, kind: 'invalid-header' },
  },
  { what: 'a large body', request: post('x'.repeat(300_000)), expected: { status: 413, kind: 'content-too-large' } },
  {
    what: 'a body that is too large in its envelope',
    request: post('x'.repeat(200_000), { 'content-type': 'text/plain' }),
    expected: { status: 413, kind: 'content-too-large' },
  },
  {
    what: 'a compressed body',
    request: post('x', { 'content-encoding': 'gzip' }),
    expected: { status: 415, kind: 'unsupported-encoding' },
  },
  {
    what: 'a key of other content',
    request: post('{"n":1}', key('has-other-content')),
    expected: { status: 422, kind: 'content-mismatch' },
  },
  {
    what: 'a key whose message failed for good',
    request: post('{"n":1}', key('has-failed')),
    expected: { status: 409, kind: 'message-failed', members: { messageId: 'has-failed', lastError: longError } },
  },
  {
    what: 'the same, to be tried again',
    request: post('{"n":1}', key('has-failed'), '?again=true'),
    expected: { status: 202 },
  },
  {
    what: 'the same, in words that are not understood',
    request: post('{"n":1}', key('has-failed'), '?again=1'),
    expected: { status: 400, kind: 'invalid-parameter' },
  },
  {
    what: 'a CloudEvent in structured mode',
    request: post('{"specversion":"1.0","id":"1","source":"/shop-a","type":"t"}', {
      'content-type': 'application/cloudevents+json',
    }),
    expected: { status: 202, members: { messageId: '1', source: '/shop-a' } },
  },
  {
    what: 'a CloudEvent in binary mode',
    request: post('x', { 'ce-specversion': '1.0', 'ce-id': '2', 'ce-source': '/shop-a', 'ce-type': 't' }),
    expected: { status: 202, members: { messageId: '2', source: '/shop-a' } },
  },
  {
    what: 'a batch of CloudEvents',
    request: post('[]', { 'content-type': 'application/cloudevents-batch+json' }),
    expected: { status: 400, kind: 'invalid-event' },
  },
  {
    what: 'a message that the queue does not confirm',
    request: post('{"n":1}', key('unconfirmed')),
    trouble: 'queue-down',
    expected: { status: 503, kind: 'unavailable', members: { messageId: 'unconfirmed' } },
  },
  {
    what: 'a message while the store of the locks is down',
    request: post('{"n":1}', key('order-3')),
    trouble: 'store-down',
    expected: { status: 202 },
  },
];

const statuses: readonly ApiCase[] = [
  {
    what: 'a message at work',
    request: status('is-processing'),
    expected: {
      status: 200,
      members: {
        status: 'processing',
        attempt: 2,
        host: 'host/1',
        steps: [
          { name: 'charge', status: 'finished' },
          { name: 'ship', status: 'started' },
        ],
      },
    },
  },
  {
    what: 'an event of another producer',
    request: status('of-an-event?source=%2Fshop-a'),
    expected: { status: 200, members: { messageId: 'of-an-event', source: '/shop-a' } },
  },
  {
    what: 'another event of its ID',
    request: status('of-an-event'),
    expected: { status: 404, kind: 'unknown-message' },
  },
  {
    what: 'an ID that needs escapes, by its link',
    request: status('needs~2Fescapes?escaped=true'),
    expected: { status: 200, members: { messageId: 'needs/escapes' } },
  },
  {
    what: 'an ID that needs escapes, by hand',
    request: status('needs%2Fescapes'),
    expected: { status: 200, members: { messageId: 'needs/escapes' } },
  },
  {
    what: 'an ID that is the escaped form of another',
    request: status('needs~2Fescapes'),
    expected: { status: 404, kind: 'unknown-message' },
  },
  {
    what: 'a message to be tried again',
    request: status('is-retrying'),
    expected: { status: 200, members: { status: 'retrying', lastError: longError } },
  },
  { what: 'a message given up', request: status('was-given-up'), expected: { status: 200 } },
  {
    what: 'a completed message',
    request: status('is-completed'),
    expected: { status: 200, members: { result: { stored: true } } },
  },
  { what: 'a message without a result', request: status('is-completed-with-nothing'), expected: { status: 200 } },
  {
    what: 'a failed message',
    request: status('is-failed'),
    expected: { status: 200, members: { lastError: longError } },
  },
  { what: 'a failed message again', request: status('is-failed'), isConditional: true, expected: { status: 304 } },
  {
    what: 'a message at work, with a second to wait',
    request: status('is-processing', 'GET', { prefer: 'wait=1' }),
    expected: { status: 200 },
  },
  { what: 'no message', request: status('nobody'), expected: { status: 404, kind: 'unknown-message' } },
  {
    what: 'an ID that no message can have',
    request: status('x'.repeat(200)),
    expected: { status: 400, kind: 'invalid-message-id' },
  },
  {
    what: 'no message, with a second to wait',
    request: status('nobody', 'GET', { prefer: 'wait=1' }),
    expected: { status: 404, kind: 'unknown-message' },
  },
  { what: 'a lock that is none', request: status(corruptId), expected: { status: 500, kind: 'internal-error' } },
  {
    what: 'a message while the store is down',
    request: status('is-failed'),
    trouble: 'store-down',
    expected: { status: 503, kind: 'unavailable' },
  },
  { what: 'the headers of a status', request: status('is-completed', 'HEAD'), expected: { status: 200 } },
  {
    what: 'the headers of a status again',
    request: status('is-completed', 'HEAD'),
    isConditional: true,
    expected: { status: 304 },
  },
  { what: 'the headers of an ID that cannot be', request: status('%zz', 'HEAD'), expected: { status: 400 } },
  { what: 'the headers of no message', request: status('nobody', 'HEAD'), expected: { status: 404 } },
  {
    what: 'the headers of a status while the store is down',
    request: status('is-failed', 'HEAD'),
    trouble: 'store-down',
    expected: { status: 503 },
  },
];

const service: readonly ApiCase[] = [
  ...(['GET', 'HEAD'] as const).flatMap((method): ApiCase[] => [
    { what: `the health (${method})`, request: to('/api/health', method), expected: { status: 200 } },
    { what: `the liveness (${method})`, request: to('/api/health/live', method), expected: { status: 200 } },
    { what: `the document (${method})`, request: to('/api/openapi.json', method), expected: { status: 200 } },
    {
      what: `the health while the store is down (${method})`,
      request: to('/api/health', method),
      trouble: 'store-down',
      expected: { status: 503, ...(method === 'GET' && { kind: 'not-ready', members: { store: 'not-reached' } }) },
    },
  ]),
  ...['/api/messages', '/api/messages/is-failed', '/api/health', '/api/health/live', '/api/openapi.json'].flatMap(
    (path): ApiCase[] => [
      { what: `what is allowed on ${path}`, request: to(path, 'OPTIONS'), expected: { status: 204 } },
      {
        what: `what is not allowed on ${path}`,
        request: to(path, 'DELETE'),
        expected: { status: 405, kind: 'method-not-allowed' },
      },
    ],
  ),
];

export const apiCases: readonly ApiCase[] = [...submissions, ...statuses, ...service];
