import { describe, expect, it } from 'vitest';
import { problemIn, startApi } from './http-api-fixture.ts';

const key = { 'idempotency-key': 'order-1' };
const type = (kind: string) => ({ type: `urn:immutable-service-bus:problem:${kind}` });

describe('A submission', () => {
  it('is accepted with a link to its status and one line of JSON', async () => {
    const { post, published } = startApi();
    const response = await post('{"n":1}', { ...key, 'content-type': 'application/json' });
    expect(response.status).toBe(202);
    expect(Object.fromEntries(response.headers)).toEqual({
      location: '/api/messages/order-1',
      'retry-after': '1',
      'content-type': 'application/json',
      'cache-control': 'no-store',
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

describe('A request', () => {
  it.each([
    ['GET', '/api/messages', 'POST'],
    ['HEAD', '/api/messages', 'POST'],
    ['PUT', '/api/messages', 'POST'],
    ['DELETE', '/api/messages', 'POST'],
    ['OPTIONS', '/api/messages', 'POST'],
    ['POST', '/api/messages/order-1', 'GET, HEAD'],
    ['DELETE', '/api/messages/order-1', 'GET, HEAD'],
    ['PATCH', '/api/messages/order-1', 'GET, HEAD'],
  ])('of method %s to %s is told that only %s is allowed', async (method, path, allow) => {
    const { send, published } = startApi();
    const response = await send(method, path);
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe(allow);
    expect(await problemIn(response)).toMatchObject(type('method-not-allowed'));
    expect(published).toEqual([]);
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
