import { describe, expect, it } from 'vitest';
import { type Carried, judgeSoak, type Leg } from '../../bench/soak/judge-soak.ts';

const carried: Carried = {
  messages: 1000,
  p50Ms: 10,
  p95Ms: 20,
  p99Ms: 30,
  acceptedPerSecond: 500,
  completedPerSecond: 400,
  cpuUs: 900,
};
const leg: Leg = { ...carried, heapUsed: 40 * 2 ** 20, rss: 300 * 2 ** 20, bare: { ...carried, cpuUs: 300 } };
const grown = (change: (nth: number) => Partial<Leg>): readonly string[] =>
  judgeSoak(Array.from({ length: 20 }, (_, nth) => ({ ...leg, ...change(nth) }))).flatMap(({ what, isFlat }) =>
    isFlat ? [] : [what],
  );

describe('A soak', () => {
  it('is flat if everything stays as it is after the first legs, whatever those were', () => {
    expect(grown(() => ({}))).toEqual([]);
    expect(grown((nth) => (nth < 3 ? { heapUsed: 1, cpuUs: 9000, p99Ms: 900 } : {}))).toEqual([]);
  });

  it('tells memory that grows by a little with each leg', () =>
    expect(grown((nth) => ({ heapUsed: (40 + nth) * 2 ** 20 }))).toEqual(['heap, MiB']));

  it('tells a host that gets slower, and not a machine that does', () => {
    const slower = (nth: number) => ({ cpuUs: 900 + 50 * nth, p50Ms: 10 + nth, p99Ms: 30 + 10 * nth });
    expect(grown(slower)).toEqual(['CPU a message, of bare', 'p50, of bare', 'p99, of bare']);
    expect(grown((nth) => ({ ...slower(nth), bare: { ...carried, ...slower(nth) } }))).toEqual([]);
  });
});
