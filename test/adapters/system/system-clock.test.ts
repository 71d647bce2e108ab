import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { SystemClock } from '../../../src/adapters/system/system-clock.ts';
import { durationMs } from '../../../src/domain/time.ts';
import { describeClock } from '../../contracts/clock.contract.ts';

const clock = new SystemClock();

describeClock('SystemClock', () => ({ clock, pass: (time) => delay(time) }));

describe('The clock of the machine', () => {
  it('does not care for a signal that is aborted after', async () => {
    const abort = new AbortController();
    await clock.sleep(durationMs(1), abort.signal);
    abort.abort(new Error('too late'));
  });

  it('sleeps longer than a timer can', async () => {
    const abort = new AbortController();
    const sleeping = clock.sleep(durationMs(2 ** 31), abort.signal).then(() => 'awake');
    const other = clock.sleep(durationMs(30)).then(() => 'asleep');
    expect(await Promise.race([sleeping, other])).toBe('asleep');
    abort.abort();
    await expect(sleeping).rejects.toThrow();
  });
});
