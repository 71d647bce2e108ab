import { describe, expect, it } from 'vitest';
import type { Clock, SleepSignal } from '../../src/application/ports/clock.ts';
import { type DurationMs, durationMs, seconds } from '../../src/domain/time.ts';

/** A Clock, and how its time passes: by itself, or by whoever tests. */
export interface ClockUnderTest {
  readonly clock: Clock;
  /** Resolves when at least so much time has passed. */
  pass(time: DurationMs): Promise<unknown>;
}

/** What every Clock promises. Each adapter's test calls this with a factory for a new clock. */
export function describeClock(adapter: string, newClock: () => ClockUnderTest): void {
  const reason = new Error('The host stops.');

  describe(`${adapter} as a Clock`, () => {
    it('measures what passes, in milliseconds', async () => {
      const { clock, pass } = newClock();
      const start = clock.monotonic();
      await pass(durationMs(30));
      // Timers count in whole milliseconds.
      expect(clock.monotonic() - start).toBeGreaterThanOrEqual(29);
    });

    it('tells the wall time as a number and as a text in UTC', () => {
      const { clock } = newClock();
      const [before, text, after] = [clock.wallTime(), clock.timestamp(), clock.wallTime()];
      expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(Date.parse(text)).toBeGreaterThanOrEqual(Math.floor(before));
      expect(Date.parse(text)).toBeLessThanOrEqual(after);
    });

    it('sleeps no shorter than it is asked to', async () => {
      const { clock, pass } = newClock();
      const start = clock.monotonic();
      const slept = clock.sleep(durationMs(30)).then(() => clock.monotonic() - start);
      await pass(durationMs(60));
      expect(await slept).toBeGreaterThanOrEqual(29);
    });

    it('wakes a shorter sleep before a longer one', async () => {
      const { clock, pass } = newClock();
      const woken: string[] = [];
      const sleeps = [90, 5, 40].map((ms) => clock.sleep(durationMs(ms)).then(() => woken.push(`after ${ms}`)));
      await pass(durationMs(150));
      await Promise.all(sleeps);
      expect(woken).toEqual(['after 5', 'after 40', 'after 90']);
    });

    it.each([0, -1])('does not sleep for %i ms', async (ms) => {
      await newClock().clock.sleep(durationMs(ms));
    });

    it('wakes at once with the reason that its caller gave', async () => {
      const stop = new AbortController();
      const sleeping = newClock().clock.sleep(seconds(3600), stop.signal);
      stop.abort(reason);
      await expect(sleeping).rejects.toBe(reason);
    });

    it.each([0, 3_600_000])('does not fall asleep for %i ms when the signal was aborted before', async (ms) => {
      const { clock } = newClock();
      await expect(clock.sleep(durationMs(ms), AbortSignal.abort(reason))).rejects.toBe(reason);
    });

    it('leaves no listener behind on a signal that lives on', async () => {
      const { clock, pass } = newClock();
      let listeners = 0;
      const signal: SleepSignal = {
        aborted: false,
        reason: undefined,
        addEventListener: () => {
          listeners += 1;
        },
        removeEventListener: () => {
          listeners -= 1;
        },
      };
      const sleeping = clock.sleep(durationMs(5), signal);
      expect(listeners).toBe(1);
      await pass(durationMs(30));
      await sleeping;
      expect(listeners).toBe(0);
    });
  });
}
