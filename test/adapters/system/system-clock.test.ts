import { describe, expect, it } from 'vitest';
import { SystemClock } from '../../../src/adapters/system/system-clock.ts';
import { durationMs, seconds } from '../../../src/domain/time.ts';

const clock = new SystemClock();

describe('The clock of the machine', () => {
  it('sleeps no shorter than it is asked to', async () => {
    const start = clock.monotonic();
    await clock.sleep(durationMs(30));
    // Timers count in whole milliseconds.
    expect(clock.monotonic() - start).toBeGreaterThanOrEqual(29);
  });

  it('wakes at once with the reason that its caller gave', async () => {
    const abort = new AbortController();
    const reason = new Error('The lock is lost.');
    const sleeping = clock.sleep(seconds(3600), abort.signal);
    abort.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
  });

  it('does not fall asleep when the signal was aborted before', async () => {
    const reason = new Error('The host stops.');
    await expect(clock.sleep(seconds(3600), AbortSignal.abort(reason))).rejects.toBe(reason);
    await expect(clock.sleep(seconds(0), AbortSignal.abort(reason))).rejects.toBe(reason);
  });

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

  it('tells the wall time as a number and as a text in UTC', () => {
    const [before, text, after] = [clock.wallTime(), clock.timestamp(), clock.wallTime()];
    expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(Date.parse(text)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(text)).toBeLessThanOrEqual(after);
  });
});
