import { describe, expect, it, onTestFinished } from 'vitest';
import { ManualClock } from '../../../src/adapters/in-memory/manual-clock.ts';
import { Deadline, within } from '../../../src/application/time/deadline.ts';
import { durationMs, seconds } from '../../../src/domain/time.ts';

describe('a deadline', () => {
  it('says what is left, and nothing less than nothing', async () => {
    const clock = new ManualClock();
    const deadline = new Deadline(clock, seconds(3));
    await clock.advance(seconds(1));
    expect([deadline.leftMs, deadline.isOver]).toEqual([2000, false]);
    await clock.advance(seconds(5));
    expect([deadline.leftMs, deadline.isOver]).toEqual([0, true]);
  });

  it('can come sooner than it was set, not later', () => {
    const deadline = new Deadline(new ManualClock(), seconds(3));
    deadline.bringForward(seconds(5));
    expect(deadline.leftMs).toBe(3000);
    deadline.bringForward(seconds(1));
    expect(deadline.leftMs).toBe(1000);
    deadline.bringForward(Number.NEGATIVE_INFINITY);
    expect(deadline.isOver).toBe(true);
  });

  it('does not listen to a wall clock that jumps', () => {
    const clock = new ManualClock();
    const deadline = new Deadline(clock, seconds(3));
    clock.jumpWallTime(3_600_000);
    expect(deadline.leftMs).toBe(3000);
  });
});

describe('work with a limit', () => {
  function clockWithoutRemains(): ManualClock {
    const clock = new ManualClock();
    onTestFinished(() => expect(clock.sleepers, 'timers that outlive the work').toBe(0));
    return clock;
  }

  it('gives what it gives in time', async () => {
    expect(await within(clockWithoutRemains(), seconds(1), Promise.resolve('done'))).toBe('done');
  });

  it('throws what it throws in time', async () => {
    const error = new Error('no');
    await expect(within(clockWithoutRemains(), seconds(1), Promise.reject(error))).rejects.toBe(error);
  });

  it('is late when it takes longer, and its error is then nobody’s', async () => {
    const clock = clockWithoutRemains();
    const work = Promise.withResolvers<string>();
    const end = within(clock, seconds(1), work.promise);
    await clock.advance(seconds(1));
    expect(await end).toBe('late');
    work.reject(new Error('much later'));
    await clock.advance(durationMs(0));
  });

  it('ends with the reason of its signal', async () => {
    const reason = new Error('stop');
    const stop = new AbortController();
    const end = within(clockWithoutRemains(), seconds(1), new Promise(() => undefined), stop.signal);
    stop.abort(reason);
    await expect(end).rejects.toBe(reason);
  });
});
