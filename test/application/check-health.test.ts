import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/adapters/in-memory/manual-clock.ts';
import { CheckHealth } from '../../src/application/check-health.ts';
import { seconds } from '../../src/domain/time.ts';

describe('CheckHealth', () => {
  it('asks once for all who ask within a second, and again after it', async () => {
    const clock = new ManualClock();
    let asked = 0;
    const health = new CheckHealth([{ name: 'store', reach: async () => (asked += 1) }], clock);
    await Promise.all([health.run(), health.run()]);
    expect(await health.run()).toEqual({ store: 'reached' });
    expect(asked).toBe(1);
    await clock.advance(seconds(1));
    await health.run();
    expect(asked).toBe(2);
  });

  it('waits for an answer no longer than its limit, and leaves no timer', async () => {
    const clock = new ManualClock();
    const told: unknown[] = [];
    const health = new CheckHealth(
      [
        { name: 'store', reach: async () => undefined },
        { name: 'queue', reach: () => new Promise(() => undefined) },
      ],
      clock,
      { limitMs: seconds(3), onNotReached: (name, cause) => told.push([name, String(cause)]) },
    );
    const found = health.run();
    await clock.advance(seconds(3));
    expect(await found).toEqual({ store: 'reached', queue: 'not-reached' });
    expect(told).toEqual([['queue', 'Error: No answer within 3000 ms.']]);
    expect(clock.sleepers).toBe(0);
  });
});
