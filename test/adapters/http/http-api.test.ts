import { describe, expect, it } from 'vitest';
import type { LockFaults } from '../../../src/adapters/in-memory/faulty-lock-store.ts';
import { fingerprintOf } from '../../../src/adapters/system/fingerprint-of.ts';
import type { LockRecord } from '../../../src/domain/lock-record.ts';
import { heldBy, messageId } from '../../support/lock-records.ts';
import { problemIn, startApi } from './http-api-fixture.ts';

const key = { 'idempotency-key': 'order-1' };
const type = (kind: string) => ({ type: `urn:immutable-service-bus:problem:${kind}` });

describe('A submission', () => {
  it('is accepted with a link to its status and one line of JSON', async () => {
    const { post, published } = startApi();
    const response = await post('{"n":1}', { ...key, 'content-type': 'application/json' });
    expect(response).toBeInstanceOf(Response); // which is all that another server may know
    expect(response.status).toBe(202);
    expect(Object.fromEntries(response.headers)).toEqual({
      location: '/api/messages/order-1',
      'retry-after': '1',
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(await response.text()).toBe(
      '{"messageId":"order-1","status":"accepted","links":{"status":"/api/messages/order-1"}}\n',
    );
    expect(published).toEqual([
      {
        id: 'order-1',
        source: '/api/messages',
        type: 'test.submitted',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        contentType: 'application/json',
        content: { kind: 'json', value: { n: 1 } },
      },
    ]);
  });

  it.each(['message-lost', 'confirmation-lost'] as const)(
    'is not accepted when the queue did not confirm it (%s), and can be sent again under its ID',
    async (fault) => {
      const { post, published, errors } = startApi({ onPublish: (_, nth) => (nth === 1 ? fault : undefined) });
      const response = await post('x');
      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).toBe('5');
      const { messageId, ...problem } = await problemIn(response);
      expect(problem).toMatchObject(type('unavailable'));
      expect(JSON.stringify(problem)).not.toContain('Injected');

      const again = await post('x', { 'idempotency-key': String(messageId) });
      expect(again.status).toBe(202);
      expect(new Set(published.map(({ id }) => id))).toEqual(new Set([messageId]));
      expect(published).toHaveLength(fault === 'message-lost' ? 1 : 2);
      expect(errors).toEqual([expect.any(Error)]); // what the client is not told
    },
  );

  it('that the queue does not take for its size is refused', async () => {
    const { post } = startApi({ onPublish: () => 'too-large' });
    const response = await post('x');
    expect(response.status).toBe(413);
    expect(await problemIn(response)).toMatchObject(type('content-too-large'));
  });

  it('of the same key is published each time: what is done once is the work', async () => {
    const { post, published } = startApi();
    expect([(await post('x', key)).status, (await post('x', key)).status]).toEqual([202, 202]);
    expect(published.map(({ id }) => id)).toEqual(['order-1', 'order-1']);
  });
});

describe('A submission whose key has a lock', () => {
  const content = '{"n":1}';
  const headers = { ...key, 'content-type': 'application/json' };
  const message = { type: 'test.submitted', contentType: 'application/json' };
  const lock = (changes: Partial<LockRecord> = {}): LockRecord => {
    const fingerprint = fingerprintOf({ ...message, content: { kind: 'json', value: { n: 1 } } });
    return heldBy('owner', { messageId: messageId('order-1'), fingerprint, ...changes });
  };

  it.each(['held', 'released', 'completed'] as const)('that is %s: same content is accepted', async (state) => {
    const { post, storeLock, published } = startApi();
    await storeLock(lock({ state }));
    expect((await post('{ "n": 1 }', headers)).status).toBe(202);
    expect(published).toHaveLength(1);
  });

  it.each(['held', 'released', 'completed'] as const)('that is %s: other content is refused', async (state) => {
    const { post, storeLock, published } = startApi();
    await storeLock(lock({ state }));
    const response = await post('{"n":2}', headers);
    expect(response.status).toBe(422);
    expect(await problemIn(response)).toMatchObject({
      ...type('content-mismatch'),
      messageId: 'order-1',
      links: { status: '/api/messages/order-1' },
    });
    expect(published).toEqual([]);
  });

  it('that failed for good is not sent again, unless its sender asks for it', async () => {
    const { post, storeLock, published, submissions } = startApi();
    await storeLock(lock({ state: 'failed', lastError: 'CardRefused: no funds', steps: [] }));
    const response = await post('{ "n": 1 }', headers);
    expect(response.status).toBe(409);
    expect(await problemIn(response)).toMatchObject({
      ...type('message-failed'),
      messageId: 'order-1',
      lastError: 'CardRefused: no funds',
      links: { status: '/api/messages/order-1', again: '/api/messages?again=true' },
    });
    expect(submissions).toMatchObject([{ outcome: 'message-failed', messageId: 'order-1' }]);
    expect((await post('{"n":1}', headers, '?again=false')).status).toBe(409);
    expect(published).toEqual([]);
    expect((await post('{"n":1}', headers, '?again=true')).status).toBe(202);
    expect(published).toHaveLength(1);
  });

  it('of other content is not sent by asking for it again', async () => {
    const { post, storeLock, published } = startApi();
    await storeLock(lock({ state: 'completed' }));
    expect((await post('{"n":2}', headers, '?again=true')).status).toBe(422);
    expect(published).toEqual([]);
  });

  it('is asked for again in words that are understood, or not at all', async () => {
    const { post, published } = startApi();
    const response = await post('{"n":1}', headers, '?again=yes');
    expect(response.status).toBe(400);
    expect(await problemIn(response)).toMatchObject(type('invalid-parameter'));
    expect(published).toEqual([]);
  });

  it.each(['application/json; charset=utf-8', 'application/json;charset="UTF-8"', 'Application/JSON'])(
    'of the same content whose type is written %s is a retry',
    async (spelling) => {
      const { post, storeLock } = startApi();
      await storeLock(lock({ state: 'completed' }));
      expect((await post('{"n":1}', { ...headers, 'content-type': spelling })).status).toBe(202);
    },
  );

  it('that failed may be corrected, unless a step was begun', async () => {
    const { post, storeLock, replaceLock } = startApi();
    await storeLock(lock({ state: 'failed' }));
    expect((await post('{"n":2}', headers)).status).toBe(202);
    await replaceLock(lock({ state: 'failed', steps: [{ name: 'charge', status: 'started', result: null }] }));
    expect((await post('{"n":2}', headers)).status).toBe(422);
  });

  it.each<[string, LockFaults]>([
    ['fails', () => ({ kind: 'transient-error' })],
    ['is refused', () => ({ kind: 'final-error' })],
    ['does not end', () => ({ kind: 'slow', beforeAnswer: () => new Promise(() => undefined) })],
  ])('is accepted if reading it %s: the queue side judges later', async (_what, onLock) => {
    const { post, storeLock, published } = startApi({ onLock });
    await storeLock(lock());
    expect((await post('{"n":2}', headers)).status).toBe(202);
    expect(published).toHaveLength(1);
  });

  it('is read once, and not at all when the ID was generated', async () => {
    const read: string[] = [];
    const onLock: LockFaults = ({ name }) => void read.push(name);
    const { post } = startApi({ onLock });
    await post(content);
    expect(read).toEqual([]);
    await post(content, headers);
    expect(read).toEqual(['queue/lock-order-1.lock']);
  });
});

describe('The log of submissions', () => {
  it('has a line for each, with its size and type, and nothing of its content', async () => {
    const { post, submissions } = startApi({ onPublish: (_, nth) => (nth === 2 ? 'message-lost' : undefined) });
    await post('secret', { ...key, 'content-type': 'text/plain', traceparent: 'nonsense' });
    await post('secret', key);
    await post('{secret', { 'content-type': 'application/json' });
    expect(submissions).toEqual([
      { outcome: 'accepted', messageId: 'order-1', bytes: 6, contentType: 'text/plain' },
      { outcome: 'unavailable', messageId: 'order-1', bytes: 6, contentType: 'text/plain;charset=UTF-8' },
      { outcome: 'broken-json' },
    ]);
  });
});

describe('A request', () => {
  it.each([
    ['GET', '/api/messages', 'POST, OPTIONS'],
    ['HEAD', '/api/messages', 'POST, OPTIONS'],
    ['PUT', '/api/messages', 'POST, OPTIONS'],
    ['DELETE', '/api/messages', 'POST, OPTIONS'],
    ['POST', '/api/messages/order-1', 'GET, HEAD, OPTIONS'],
    ['DELETE', '/api/messages/order-1', 'GET, HEAD, OPTIONS'],
    ['PATCH', '/api/messages/order-1', 'GET, HEAD, OPTIONS'],
    ['POST', '/api/health', 'GET, HEAD, OPTIONS'],
    ['BREW', '/api/health/live', 'GET, HEAD, OPTIONS'],
  ])('of method %s to %s is told that only %s is allowed', async (method, path, allow) => {
    const { send, published } = startApi();
    const response = await send(method, path);
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe(allow);
    if (method !== 'HEAD') expect(await problemIn(response)).toMatchObject(type('method-not-allowed'));
    expect(published).toEqual([]);
  });

  it.each([
    ['/api/messages', 'POST, OPTIONS'],
    ['/api/messages/order-1', 'GET, HEAD, OPTIONS'],
    ['/api/health', 'GET, HEAD, OPTIONS'],
  ])('of method OPTIONS to %s is told what is allowed: %s', async (path, allow) => {
    const response = await startApi().send('OPTIONS', path);
    expect([response.status, response.headers.get('allow'), await response.text()]).toEqual([204, allow, '']);
  });

  it.each(['/', '/api', '/api/message', '/api/messagesx', '/API/MESSAGES', '/api/messages/../x', '//api/messages'])(
    'to %s finds nothing, and is told where messages are posted',
    async (path) => {
      const { send } = startApi();
      const response = await send('POST', path);
      expect(response.status).toBe(404);
      expect(response.headers.has('retry-after')).toBe(false);
      const problem = await problemIn(response);
      expect(problem).toMatchObject(type('not-found'));
      expect(problem['detail']).toContain('/api/messages');
    },
  );

  it('is served whatever its query says', async () => {
    const { send } = startApi();
    expect((await send('GET', '/api/messages?x=1')).status).toBe(405);
    expect((await send('GET', '/api/messages/a?x=/../y')).status).toBe(404);
  });

  it('of method HEAD is answered as GET is', async () => {
    const { send } = startApi();
    const [head, get] = [await send('HEAD', '/api/messages/none'), await send('GET', '/api/messages/none')];
    expect(head.status).toBe(404);
    expect(Object.fromEntries(head.headers)).toEqual(Object.fromEntries(get.headers));
    expect(await head.text()).toBe('');
  });

  it('that fails inside is answered without a word about the inside', async () => {
    const secret = new Error('AccountKey=c2VjcmV0 at /srv/app/secret.ts:1');
    const { post, errors } = startApi({
      onPublish: () => {
        throw secret;
      },
    });
    const response = await post('x');
    expect(response.status).toBe(500);
    const problem = await problemIn(response);
    expect(problem).toMatchObject(type('internal-error'));
    expect(JSON.stringify(problem)).not.toMatch(/secret|AccountKey|srv|Error/);
    expect(errors).toEqual([secret]);
  });
});
