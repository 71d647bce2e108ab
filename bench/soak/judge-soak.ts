import type { Memory } from '../hosts/process.ts';
import { median } from '../report/statistics.ts';
import { figure } from '../report/table.ts';
import type { FlowSummary } from '../traffic/flow.ts';

/** What a part of the messages found. */
export interface Leg extends FlowSummary, Memory {
  /** Of the host, a message. */
  readonly cpuUs: number;
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
 * What is to stay as it is. Memory is counted after a garbage collection, and cannot lie. Latency is of the whole machine: what
 * others do on it shows, the more the rarer the messages are that it is read from.
 */
const quantities: readonly { readonly what: string; readonly of: (leg: Leg) => number; readonly most: number }[] = [
  { what: 'heap, MiB', of: ({ heapUsed }) => heapUsed / 2 ** 20, most: 1.2 },
  { what: 'RSS, MiB', of: ({ rss }) => rss / 2 ** 20, most: 1.25 },
  { what: 'CPU µs a message', of: ({ cpuUs }) => cpuUs, most: 1.25 },
  { what: 'p50, ms', of: ({ p50Ms }) => p50Ms, most: 1.5 },
  { what: 'p99, ms', of: ({ p99Ms }) => p99Ms, most: 2 },
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
  `${figure(leg.completedPerSecond)}/s`,
];
