import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { statusPath as pathOf } from '../../../src/adapters/http/status-path.ts';
import { fencingToken } from '../../../src/domain/fencing-token.ts';
import type { LockRecord } from '../../../src/domain/lock-record.ts';
import { hostileTexts, messageIds } from '../../support/arbitraries.ts';
import { casesOf } from '../../support/cases.ts';
import { heldBy, messageId } from '../../support/lock-records.ts';
import { problemIn, startApi } from './http-api-fixture.ts';

const id = messageId('m-1');
const statusPath = (of: string) => pathOf({ id: messageId(of) });
const aTime = expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
const token = { fencingToken: fencingToken(1_708_302_251_000) };

describe('The status of a message', () => {
  it.each<[string, Partial<LockRecord>, object]>([
    ['processing while its lock is held', { state: 'held' }, { status: 'processing', host: 'host/1' }],
    [
      'retrying once its lock is released',
      { state: 'released', attempt: 3, lastError: 'Error: no', ...token },
      { status: 'retrying', attempt: 3, lastError: 'Error: no', retryAt: aTime },
    ],
    [
      'completed, with the result',
      { state: 'completed', result: '{"receipt":"é"}', ...token },
      { status: 'completed', result: { receipt: 'é' }, completedAt: aTime },
    ],
    [
      'failed, with the reason',
      { state: 'failed', lastError: 'Error: never', ...token },
      { status: 'failed', lastError: 'Error: never', failedAt: aTime },
    ],
  ])('is %s', async (_what, changes, members) => {
    const { get, storeLock } = startApi();
    await storeLock(heldBy('owner', changes));
    const response = await get('/api/messages/m-1');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('cache-control')).toBe('private, no-cache');
    expect(await response.json()).toMatchObject({
      messageId: 'm-1',
      attempt: 1,
      links: { self: '/api/messages/m-1' },
      enqueuedAt: '2024-02-19T00:24:11.314Z',
      updatedAt: aTime,
      ...members,
    });
  });

  it('has no result if the work returned nothing, and one of null if it returned null', async () => {
    const { get, storeLock } = startApi();
    await storeLock(heldBy('owner', { state: 'completed', result: null, ...token }));
    await storeLock(heldBy('owner', { state: 'completed', result: 'null', messageId: messageId('m-2'), ...token }));
    expect(await (await get('/api/messages/m-1')).json()).not.toHaveProperty('result');
    expect(await (await get('/api/messages/m-2')).json()).toMatchObject({ result: null });
  });

  it.each(['not-submitted', '~2f', 'x'.repeat(128)])(
    'of the unknown message "%s" is not found, and can be asked again',
    async (segment) => {
      const { get, errors } = startApi();
      const response = await get(`/api/messages/${segment}`);
      expect(response.status).toBe(404);
      expect(response.headers.get('retry-after')).toBe('1');
      expect(await problemIn(response)).toMatchObject({ type: 'urn:immutable-service-bus:problem:unknown-message' });
      expect(errors).toEqual([]);
    },
  );

  it.each([
    ['x'.repeat(129), 'at most 128 UTF-16 units'],
    ['x'.repeat(2000), 'has 2000'],
    ['%zz', 'not percent-encoded UTF-8'],
    ['%E9', 'not percent-encoded UTF-8'],
  ])('of the ID "%.10s", which no message can have, is refused, and need not be asked again', async (segment, why) => {
    const { get, errors } = startApi();
    const response = await get(`/api/messages/${segment}`);
    expect([response.status, response.headers.get('retry-after')]).toEqual([400, null]);
    expect(await problemIn(response)).toMatchObject({
      type: 'urn:immutable-service-bus:problem:invalid-message-id',
      detail: expect.stringContaining(why),
    });
    expect(errors).toEqual([]);
  });

  it('of no ID is a resource that does not exist', async () => {
    const { get } = startApi();
    const response = await get('/api/messages/');
    expect([response.status, response.headers.get('retry-after')]).toEqual([404, null]);
    expect(await problemIn(response)).toMatchObject({ type: 'urn:immutable-service-bus:problem:not-found' });
  });

  it('of a lock that is no lock record is an error, and never anything else', async () => {
    const { get, plantLock, errors } = startApi();
    plantLock(id, '{"state":"completed"}');
    expect((await get('/api/messages/m-1')).status).toBe(500);
    expect(errors).toHaveLength(1);
  });

  it('is not available while the store does not answer, and can be asked again', async () => {
    const { get, errors } = startApi({ onLock: () => ({ kind: 'transient-error' }) });
    const response = await get('/api/messages/m-1');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(JSON.stringify(await problemIn(response))).not.toContain('Injected');
    expect(errors).toHaveLength(1);
  });
});

describe('A status link', () => {
  it('leads to its message, whatever the ID is', () =>
    fc.assert(
      fc.asyncProperty(messageIds, async (anyId) => {
        const { get, storeLock } = startApi();
        await storeLock(heldBy('owner', { messageId: anyId }));
        const response = await get(statusPath(anyId));
        expect(await response.json()).toMatchObject({ messageId: anyId, links: { self: statusPath(anyId) } });
      }),
      { numRuns: casesOf('status links of any ID') },
    ));

  it.each(['order 1', 'a/b', '../x', 'ä/😀', '100%', 'a~2', '~~', '\u0000'])(
    'may also be written by hand, with the ID "%s" percent-encoded',
    async (anyId) => {
      const { get, storeLock } = startApi();
      await storeLock(heldBy('owner', { messageId: messageId(anyId) }));
      const response = await get(`/api/messages/${encodeURIComponent(anyId)}`);
      expect(await response.json()).toMatchObject({ messageId: anyId, links: { self: statusPath(anyId) } });
    },
  );

  it('of an ID that reads like the escaped form of another shows its own status, or none', async () => {
    const { get, storeLock } = startApi();
    await storeLock(heldBy('owner', { messageId: messageId('a/b') }));
    const path = `/api/messages/${encodeURIComponent('a~2Fb')}`;
    expect((await get(path)).status).toBe(404);
    await storeLock(heldBy('owner', { messageId: messageId('a~2Fb') }));
    expect(await (await get(path)).json()).toMatchObject({ messageId: 'a~2Fb' });
    expect(await (await get(statusPath('a/b'))).json()).toMatchObject({ messageId: 'a/b' });
  });

  it('has one form in every link, and an ID that needs no escape stands in it as it is', () => {
    expect(statusPath('order-1.a_B')).toBe('/api/messages/order-1.a_B');
    expect(statusPath('a/b')).toBe('/api/messages/a~2Fb?escaped=true');
    expect(pathOf({ id: messageId('a/b'), source: '/shop?x=1&y' })).toBe(
      '/api/messages/a~2Fb?escaped=true&source=%2Fshop%3Fx%3D1%26y',
    );
  });

  it('of an event of another producer is found by its source and ID', async () => {
    const { get, storeLock } = startApi();
    const source = 'https://shop.example/ä?a=1&b=2+3#c';
    await storeLock(heldBy('owner', { messageId: id, source }));
    expect((await get('/api/messages/m-1')).status).toBe(404);
    expect((await get('/api/messages/m-1?source=/other')).status).toBe(404);
    const link = pathOf({ id, source });
    expect(await (await get(link)).json()).toMatchObject({ messageId: 'm-1', source, links: { self: link } });
  });

  it('of an event of our own source is that of the plain message', async () => {
    const { get, storeLock } = startApi();
    await storeLock(heldBy('owner', { messageId: id }));
    expect((await get('/api/messages/m-1?source=%2Fapi%2Fmessages')).status).toBe(200);
    expect((await get('/api/messages/m-1?source=')).status).toBe(200);
    expect((await get(`/api/messages/m-1?source=${'s'.repeat(1025)}`)).status).toBe(400);
  });

  it('is not shown where a host has decoded the URL before, and made another ID of it', async () => {
    const { api, storeLock } = startApi();
    await storeLock(heldBy('owner', { messageId: messageId('a b') }));
    const ask = (path: string, routeParameter: string) =>
      api(Object.assign(new Request(`http://localhost/api/messages/${path}`), { routeParameter }));
    expect((await ask('a%20b', 'a b')).status).toBe(200);
    expect((await ask('a%20b', 'a%20b')).status).toBe(404); // a%2520b, as its client wrote it
  });

  it('of a submission leads to its message', () => {
    const keys = hostileTexts(1, 128).map((text) => text.replace(/[^\x20-\x7e]/g, '~'));
    return fc.assert(
      fc.asyncProperty(keys, async (key) => {
        const { get, post, storeLock } = startApi();
        const quoted = `"${key.replace(/["\\]/g, String.raw`\$&`)}"`;
        const { headers } = await post('x', { 'idempotency-key': quoted });
        await storeLock(heldBy('owner', { messageId: messageId(key) }));
        expect(await (await get(headers.get('location') ?? '')).json()).toMatchObject({ messageId: key });
      }),
      { numRuns: casesOf('status links of submissions') },
    );
  });

  it('made of anything never leads out of the folder of the locks', async () => {
    const read: string[] = [];
    const { get } = startApi({
      onLock: ({ name }) => {
        read.push(name);
        return undefined;
      },
    });
    const paths = fc.oneof(hostileTexts(0, 150), fc.webPath(), fc.string({ unit: 'binary' }));
    await fc.assert(
      fc.asyncProperty(paths, async (path) => {
        const { status } = await get(`/api/messages/${path}`);
        expect([400, 404]).toContain(status);
      }),
      {
        numRuns: casesOf('status links of anything'),
        examples: [['../../x'], ['..%2F..%2Fx'], ['%2e%2e/x'], ['..%5cx'], ['~2E~2E~2Fx'], ['~~x'], ['\\..\\x']],
      },
    );
    expect(read.length).toBeGreaterThan(casesOf('status links of anything') / 5);
    for (const name of read) expect(name).toMatch(/^queue\/lock-[A-Za-z0-9_~.-]+\.lock$/);
    for (const name of read) expect(name).not.toContain('../../entrypoints');
  });
});
