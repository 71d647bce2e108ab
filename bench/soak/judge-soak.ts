import type { Memory } from '../hosts/process.ts';
import { median } from '../report/statistics.ts';
import { figure } from '../report/table.ts';
import type { FlowSummary } from '../traffic/flow.ts';

/** What one host carried. */
export interface Carried extends FlowSummary {
  /** Of the host, a message. */
  readonly cpuUs: number;
}

/** What a part of the messages found, and a bare host just after. */
export interface Leg extends Carried, Memory {
  readonly bare: Carried;
}

export interface Judged {
  readonly what: string;
  readonly first: number;
  readonly last: number;
  readonly ratio: number;
  /** What the ratio may be. */
  readonly most: number;
  readonly isFlat: boolean;
}

/**
 * What is to stay as it is. Memory is counted after a garbage collection. CPU and latency are those of a bare host times so much:
 * what others do on the machine shows in both. Some of it is left, the more the rarer the messages are that it is read from.
 */
const quantities: readonly { readonly what: string; readonly of: (leg: Leg) => number; readonly most: number }[] = [
  { what: 'heap, MiB', of: ({ heapUsed }) => heapUsed / 2 ** 20, most: 1.2 },
  { what: 'RSS, MiB', of: ({ rss }) => rss / 2 ** 20, most: 1.25 },
  { what: 'CPU a message, of bare', of: ({ cpuUs, bare }) => cpuUs / bare.cpuUs, most: 1.25 },
  { what: 'p50, of bare', of: ({ p50Ms, bare }) => p50Ms / bare.p50Ms, most: 1.5 },
  { what: 'p99, of bare', of: ({ p99Ms, bare }) => p99Ms / bare.p99Ms, most: 2 },
];

/** A quarter of the legs from the fourth or so on, when everything is compiled, against the last quarter. */
export function judgeSoak(legs: readonly Leg[]): readonly Judged[] {
  const quarter = Math.floor(legs.length / 4);
  return quantities.map(({ what, of, most }) => {
    const first = median(legs.slice(quarter - 1, 2 * quarter - 1).map(of));
    const last = median(legs.slice(-quarter).map(of));
    const ratio = last / first;
    return { what, first, last, ratio, most, isFlat: ratio <= most };
  });
}

/** One leg in a line. */
export const shown = (leg: Leg): readonly string[] => [
  ...quantities.map(({ what, of }) => `${what} ${figure(of(leg))}`),
  `p99 ${figure(leg.p99Ms)} ms`,
  `${figure(leg.completedPerSecond)}/s`,
];
