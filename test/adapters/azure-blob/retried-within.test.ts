import { RestError } from '@azure/core-rest-pipeline';
import { expect, it, vi } from 'vitest';
import { retriedWithin } from '../../../src/adapters/azure-blob/retried-within.ts';
import { durationMs } from '../../../src/domain/time.ts';

it('What the service said is told, though it said nothing in time to the tries after that', async () => {
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
  const answers = [
    Object.assign(new Error('aborted'), { name: 'AbortError' }),
    new RestError('busy', { statusCode: 503, code: 'ServerBusy' }),
    Object.assign(new Error('aborted'), { name: 'AbortError' }),
  ];
  const attempt = () => {
    now += 20;
    return Promise.reject(answers[now / 20 - 1]);
  };
  await expect(retriedWithin(durationMs(60), attempt)).rejects.toThrow(
    'nothing came of it within 60 ms: the answer was 503 ServerBusy.',
  );
  clock.mockRestore();
});
