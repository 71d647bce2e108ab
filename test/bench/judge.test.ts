import { expect, it } from 'vitest';
import { type Bound, isReached } from '../../bench/goals.ts';
import { Judgement } from '../../bench/judge.ts';
import { medianRatio, quantile } from '../../bench/report/statistics.ts';

const afterRuns = (...values: readonly number[]) => {
  const judgement = new Judgement({ id: 'P0', text: '', part: 'cpu', figure: '', bound: { atMost: 1 } });
  judgement.values.push(...values);
  return judgement.verdict;
};

it.each([
  ['reached at the first try', [1], 'reached'],
  ['missed once', [2], 'open'],
  ['missed once and reached once', [2, 1], 'open'],
  ['missed twice', [2, 2], 'missed'],
  ['reached in two of three runs', [2, 1, 1], 'reached'],
  ['missed in two of three runs', [2, 1, 2], 'missed'],
  ['not measured', [Number.NaN, Number.NaN], 'missed'],
] as const)('takes a goal that was %s for %j: %s', (_, values, verdict) => {
  expect(afterRuns(...values)).toBe(verdict);
});

it.each<readonly [Bound, number, boolean]>([
  [{ atMost: 1.05 }, 1.05, true],
  [{ atMost: 1.05 }, 1.0501, false],
  [{ atLeast: 0.93 }, 0.93, true],
  [{ atLeast: 0.93 }, 0.92, false],
  [{ exactly: 2 }, 2, true],
  [{ exactly: 2 }, 2.01, false],
])('judges by %j that %d is right: %j', (bound, value, isRight) => {
  expect(isReached(bound, value)).toBe(isRight);
});

it('takes the ratio of each round before the median, so that one slow round does not count', () => {
  expect(medianRatio([2, 20, 2], [1, 10, 4])).toBe(2);
});

it('finds quantiles between two values', () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(quantile([1, 2, 3], 1)).toBe(3);
  expect(quantile([], 0.5)).toBeNaN();
});
