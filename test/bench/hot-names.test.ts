import { describe, expect, it } from 'vitest';
import { hotNames, type Ids } from '../../bench/hot-names/simulation.ts';
import type { LockLayout } from '../../src/domain/lock-name.ts';

const last = (ids: Ids, layout: LockLayout) =>
  hotNames({ ids, layout, messagesPerSecond: 5000, requestsPerSecond: 2000, minutes: 2, seed: 7 }).at(-1);

describe('A store of ranges that are split by load', () => {
  it.each(['order-<number>', 'UUID version 7'] as const)(
    'has all locks of %s in one range, however often it is split',
    (ids) => {
      expect(last(ids, 'flat')).toEqual({ busyRanges: 1, busiestShare: 1, answeredShare: 0.2 });
    },
  );

  it.each([
    ['order-<number>', 'spread'],
    ['UUID version 7', 'spread'],
    ['UUID version 4', 'spread'],
    ['UUID version 4', 'flat'],
  ] as const)('answers everything about locks of %s that are %s', (ids, layout) => {
    const { busyRanges = 0, busiestShare, answeredShare } = last(ids, layout) ?? {};
    expect(answeredShare).toBe(1);
    expect(busyRanges).toBeGreaterThan(4);
    expect(busiestShare).toBeLessThan(0.2);
  });
});
