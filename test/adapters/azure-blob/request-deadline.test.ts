import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { RequestDeadline } from '../../../src/adapters/azure-blob/request-deadline.ts';
import { durationMs, seconds } from '../../../src/domain/time.ts';

describe('the signal of a request', () => {
  it('is shared by requests that start together', () => {
    const deadline = new RequestDeadline(seconds(60));
    expect(deadline.signal()).toBe(deadline.signal());
  });

  it('tells each request that waits for it, once, and none that has its answer', async () => {
    const signal = new RequestDeadline(durationMs(10)).signal();
    const told: string[] = [];
    const answered = () => told.push('answered');
    signal.addEventListener('abort', () => told.push('first'));
    signal.addEventListener('abort', answered);
    signal.addEventListener('abort', () => told.push('last'));
    signal.removeEventListener('abort', answered);
    await expect.poll(() => told).toEqual(['first', 'last']);
    expect(signal.aborted).toBe(true);
  });

  it('is not that of requests which started a twentieth of the timeout before', async () => {
    const deadline = new RequestDeadline(durationMs(1000));
    const first = deadline.signal();
    for (const start = performance.now(); performance.now() <= start + 51; ) await delay(10);
    const second = deadline.signal();
    expect(second).not.toBe(first);
    expect(second.aborted).toBe(false);
  });

  it('is aborted by the timeout, also of a request that was the last to share it', async () => {
    const deadline = new RequestDeadline(durationMs(100));
    const start = performance.now();
    const signal = deadline.signal();
    expect(signal.reason).toBeUndefined();
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
    expect(performance.now() - start).toBeGreaterThan(90);
    expect(deadline.signal().aborted).toBe(false);
  });
});
