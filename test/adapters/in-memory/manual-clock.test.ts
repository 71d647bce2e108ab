import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/in-memory/manual-clock.ts';
import { durationMs, seconds } from '../../../src/domain/time.ts';
import { describeClock } from '../../contracts/clock.contract.ts';
import { Machine } from '../../support/machine.ts';
import { InstanceClock } from '../../support/message-run.ts';

describeClock('ManualClock', () => {
  const clock = new ManualClock();
  return { clock, pass: (time) => clock.advance(time) };
});

describeClock('The clock of an instance', () => {
  const time = new ManualClock();
  const clock = new InstanceClock(time, new Machine(), 3_600_000);
  return { clock, pass: (by) => time.advance(by) };
});

describe('ManualClock', () => {
  /** Sleeps, and notes its name and the time at which it wakes. */
  const sleeperOn = (clock: ManualClock, woken: string[]) => async (name: string, waitMs: number) => {
    await clock.sleep(durationMs(waitMs));
    woken.push(`${name} at ${clock.monotonic()}`);
  };

  it('stands still by itself', async () => {
    const clock = new ManualClock({ wallTime: 5000 });
    expect([clock.monotonic(), clock.wallTime(), clock.timestamp()]).toEqual([0, 5000, '1970-01-01T00:00:05.000Z']);
    await clock.advance(seconds(2));
    expect([clock.monotonic(), clock.wallTime(), clock.timestamp()]).toEqual([2000, 7000, '1970-01-01T00:00:07.000Z']);
  });

  it('wakes in the order in which they are due, and of those due together who slept first', async () => {
    const clock = new ManualClock();
    const woken: string[] = [];
    const sleeper = sleeperOn(clock, woken);
    void Promise.all([sleeper('late', 300), sleeper('one', 200), sleeper('two', 200), sleeper('early', 100)]);
    await clock.advance(durationMs(300));
    expect(woken).toEqual(['early at 100', 'one at 200', 'two at 200', 'late at 300']);
  });

  it('does not wake anybody before it is time', async () => {
    const clock = new ManualClock();
    const woken: string[] = [];
    void sleeperOn(clock, woken)('one', 100);
    await clock.advance(durationMs(99));
    expect(woken).toEqual([]);
    expect(clock.sleepers).toBe(1);
    await clock.advance(durationMs(1));
    expect(woken).toEqual(['one at 100']);
    expect(clock.sleepers).toBe(0);
  });

  it('wakes who goes to sleep again as often as that fits', async () => {
    const clock = new ManualClock();
    const woken: string[] = [];
    const sleeper = sleeperOn(clock, woken);
    const heartbeat = async () => {
      for (const beat of ['first', 'second', 'third']) await sleeper(beat, 40);
    };
    void heartbeat();
    await clock.advance(durationMs(100));
    expect(woken).toEqual(['first at 40', 'second at 80']);
  });

  it('tells when somebody sleeps', async () => {
    const clock = new ManualClock();
    const twoSleep = clock.untilAsleep(2);
    void clock.sleep(seconds(1));
    await clock.untilAsleep();
    void clock.sleep(seconds(1));
    await twoSleep;
    expect(clock.sleepers).toBe(2);
  });

  it('wakes nobody in a stall, and whoever is overdue with the next advance', async () => {
    const clock = new ManualClock();
    const woken: string[] = [];
    void sleeperOn(clock, woken)('overdue', 100);
    await clock.untilAsleep();
    clock.stall(seconds(45));
    expect(woken).toEqual([]);
    await clock.advance(durationMs(0));
    expect(woken).toEqual(['overdue at 45000']);
  });

  it('lets as much time pass as something takes, and no more', async () => {
    const clock = new ManualClock();
    const work = async () => {
      await clock.sleep(seconds(10));
      return 'done';
    };
    expect(await clock.until(work())).toBe('done');
    expect(clock.monotonic()).toBeLessThan(10_100);
    await expect(clock.until(Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it('lets the wall clock jump alone', async () => {
    const clock = new ManualClock({ wallTime: 60_000 });
    const woken: string[] = [];
    void sleeperOn(clock, woken)('sleeper', 100);
    clock.jumpWallTime(-30_000);
    expect([clock.monotonic(), clock.wallTime()]).toEqual([0, 30_000]);
    clock.jumpWallTime(90_000);
    await clock.advance(durationMs(99));
    expect(woken).toEqual([]);
    expect(clock.wallTime()).toBe(120_099);
  });
});
