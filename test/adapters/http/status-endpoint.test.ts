import { describe, expect, it } from 'vitest';
import type { LockRecord } from '../../../src/domain/lock-record.ts';
import { seconds } from '../../../src/domain/time.ts';
import { heldBy, messageId } from '../../support/lock-records.ts';
import { startApi } from './http-api-fixture.ts';

const path = '/api/messages/m-1';
const finished = { name: 'charge', status: 'finished', result: null } as const;

/** An API with a lock of this kind, and how often the lock was read. */
async function startWith(changes: Partial<LockRecord> | undefined) {
  const reads: string[] = [];
  const api = startApi({
    onLock: ({ name, operation }) => {
      if (operation === 'read') reads.push(name);
      return undefined;
    },
  });
  if (changes !== undefined) await api.storeLock(heldBy('owner', changes));
  return { ...api, reads };
}

describe('A status that is asked for again', () => {
  it('is not sent again while the lock is the same', async () => {
    const { get } = await startWith({ state: 'held' });
    const etag = (await get(path)).headers.get('etag') ?? '';
    const response = await get(path, { headers: { 'if-none-match': `"other", ${etag}` } });
    expect([response.status, await response.text()]).toEqual([304, '']);
    expect(Object.fromEntries(response.headers)).toEqual({
      etag,
      'cache-control': 'private, no-cache',
      'retry-after': '1',
    });
    expect((await get(path, { headers: { 'if-none-match': '*' } })).status).toBe(304);
  });

  it('is sent again once the lock was written', async () => {
    const { get, replaceLock } = await startWith({ state: 'held' });
    const etag = (await get(path)).headers.get('etag') ?? '';
    await replaceLock(heldBy('owner', { state: 'completed' }));
    const response = await get(path, { headers: { 'if-none-match': etag } });
    expect(response.status).toBe(200);
    expect(response.headers.get('etag')).not.toBe(etag);
  });

  it.each<[string, Partial<LockRecord>, string | null]>([
    ['in a second while it is processed', { state: 'held' }, '1'],
    ['when it is tried again', { state: 'released', retryAfterMs: seconds(17) }, '17'],
    ['not at all when it is completed', { state: 'completed' }, null],
    ['not at all when it failed', { state: 'failed' }, null],
  ])('is asked for %s', async (_what, changes, retryAfter) => {
    const { get } = await startWith(changes);
    expect((await get(path)).headers.get('retry-after')).toBe(retryAfter);
  });
});

describe('A status with a preference to wait', () => {
  const headers = { prefer: 'wait=20' };

  it.each<[string, Partial<LockRecord>, object]>([
    ['is completed', { state: 'completed', result: '1' }, { status: 'completed', result: 1 }],
    ['is tried again', { attempt: 2 }, { status: 'processing', attempt: 2 }],
    ['has done a step', { steps: [finished] }, { steps: [{ name: 'charge', status: 'finished' }] }],
  ])('is held back until the message %s', async (_what, changes, members) => {
    const { get, replaceLock, reads } = await startWith({ state: 'held' });
    const answer = get(path, { headers });
    await expect.poll(() => reads.length).toBeGreaterThan(1);
    await replaceLock(heldBy('owner', changes));
    const response = await answer;
    expect([response.status, response.headers.get('preference-applied')]).toEqual([200, 'wait=20']);
    expect(await response.json()).toMatchObject(members);
  });

  it('is held back until the message is taken up', async () => {
    const { get, storeLock, reads } = await startWith(undefined);
    const answer = get(path, { headers });
    await expect.poll(() => reads.length).toBeGreaterThan(1);
    await storeLock(heldBy('owner'));
    expect(await (await answer).json()).toMatchObject({ status: 'processing' });
  });

  it('is sent when time is up, though nothing has happened but a renewal of the lock', async () => {
    const { get, replaceLock, reads } = await startWith({ state: 'held' });
    const answer = get(path, { headers: { prefer: 'wait=1' } });
    await expect.poll(() => reads.length).toBeGreaterThan(1);
    await replaceLock(heldBy('owner'));
    const response = await answer;
    expect([response.status, response.headers.get('preference-applied')]).toEqual([200, 'wait=1']);
    expect(reads.length).toBeLessThan(10);
  });

  it('is 304 when time is up and the client has what there is', async () => {
    const { get } = await startWith({ state: 'held' });
    const etag = (await get(path)).headers.get('etag') ?? '';
    const response = await get(path, { headers: { prefer: 'wait=1', 'if-none-match': etag } });
    expect([response.status, response.headers.get('preference-applied')]).toEqual([304, 'wait=1']);
  });

  it.each<[string, Partial<LockRecord>, Record<string, string>]>([
    ['the work has ended', { state: 'completed' }, {}],
    ['the client has not seen the present one', { state: 'held' }, { 'if-none-match': '"old"' }],
  ])('is sent at once when %s', async (_what, changes, more) => {
    const { get, reads } = await startWith(changes);
    expect((await get(path, { headers: { ...headers, ...more } })).status).toBe(200);
    expect(reads).toHaveLength(1);
  });

  it('is not held back for a client that has gone, nor by a host that stops', async () => {
    const { get, stop, reads } = await startWith({ state: 'held' });
    const client = new AbortController();
    const [gone, stopped] = [get(path, { headers, signal: client.signal }), get(path, { headers })];
    await expect.poll(() => reads.length).toBeGreaterThan(2);
    client.abort();
    await gone;
    stop();
    expect((await stopped).status).toBe(200);
    const before = reads.length;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(reads).toHaveLength(before);
  });

  it('is held back for so many clients at once, and sent to all others without', async () => {
    const { get, stop, storeLock, reads } = await startWith({ state: 'held' });
    await storeLock(heldBy('owner', { messageId: messageId('m-2') }));
    const waiting = Array.from({ length: 100 }, () => get(path, { headers }));
    await expect.poll(() => reads.length).toBeGreaterThanOrEqual(100);
    const response = await get('/api/messages/m-2', { headers });
    expect([response.status, response.headers.get('preference-applied')]).toEqual([200, null]);
    stop();
    await Promise.all(waiting);
  });
});
