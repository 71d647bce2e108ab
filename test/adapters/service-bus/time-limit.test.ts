import { describe, expect, it } from 'vitest';
import { TimeLimitError, withTimeLimit } from '../../../src/adapters/service-bus/time-limit.ts';
import { durationMs, seconds } from '../../../src/domain/time.ts';

describe('withTimeLimit', () => {
  it('answers what is answered in time', async () => {
    expect(await withTimeLimit(Promise.resolve('in time'), seconds(10))).toBe('in time');
    const error = new Error('refused in time');
    await expect(withTimeLimit(Promise.reject(error), seconds(10))).rejects.toBe(error);
  });

  it('rejects when no answer comes', async () => {
    await expect(withTimeLimit(new Promise(() => {}), durationMs(1))).rejects.toThrow(TimeLimitError);
  });

  it('lets an answer count that arrived while this thread was busy', async () => {
    const answer = new Promise((resolve) => setImmediate(() => resolve('arrived')));
    const limited = withTimeLimit(answer, durationMs(1));
    for (const end = performance.now() + 5; performance.now() < end; );
    expect(await limited).toBe('arrived');
  });
});
