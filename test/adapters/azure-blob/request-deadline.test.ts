import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { RequestDeadline } from '../../../src/adapters/azure-blob/request-deadline.ts';
import { durationMs, seconds } from '../../../src/domain/time.ts';

describe('the signal of a request', () => {
  it('is shared by requests that start together', () => {
    const deadline = new RequestDeadline(seconds(60));
    expect(deadline.signal()).toBe(deadline.signal());
  });

  it('is shared by a few only', () => {
    const deadline = new RequestDeadline(seconds(60));
    const signals = new Set(Array.from({ length: 100 }, () => deadline.signal()));
    expect(signals.size).toBe(13);
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
    await once(signal, 'abort');
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
    expect(performance.now() - start).toBeGreaterThan(90);
    expect(deadline.signal().aborted).toBe(false);
  });
});
