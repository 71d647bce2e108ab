import { describe, expect, it } from 'vitest';
import { problemIn, startApi } from './http-api-fixture.ts';

describe('The health', () => {
  it('is ready when store and queue answer', async () => {
    const response = await startApi().get('/api/health');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ live: true, ready: true, store: 'reached', queue: 'reached' });
  });

  it.each([
    ['store', { onLock: () => ({ kind: 'transient-error' }) as const }],
    ['queue', { queueError: new Error('SharedAccessKey=c2VjcmV0') }],
  ])('is not ready when the %s does not answer, and says no more than that', async (name, faults) => {
    const response = await startApi(faults).get('/api/health');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    const problem = await problemIn(response);
    const others = { store: 'reached', queue: 'reached' };
    expect(problem).toMatchObject({
      type: 'urn:immutable-service-bus:problem:not-ready',
      ...{ live: true, ready: false, ...others, [name]: 'not-reached' },
    });
    expect(JSON.stringify(problem)).not.toMatch(/SharedAccessKey|Injected/);
  });

  it('is live whatever does not answer, and asks nobody for that', async () => {
    const read: string[] = [];
    const { get } = startApi({ onLock: ({ name }) => void read.push(name), queueError: new Error('gone') });
    const response = await get('/api/health/live');
    expect([response.status, await response.json()]).toEqual([200, { live: true }]);
    expect(read).toEqual([]);
  });
});
