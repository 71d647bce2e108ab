/** What a store of ranges did with the requests of one interval. */
export interface Interval {
  /** Ranges that got a request. */
  readonly busyRanges: number;
  /** The part of all requests that went to the busiest range. */
  readonly busiestShare: number;
  /** The part of all requests that was answered, and not refused for want of capacity. */
  readonly answeredShare: number;
}

export interface RangedStoreOptions {
  /** What the server of one range answers in an interval. */
  readonly capacity: number;
}

/**
 * A store whose names are parted into ranges, one server each. A range that got more in an interval than its server answers is
 * split where half of what it got lies on either side, and the two halves have a server each from the next interval on.
 *
 * Source: Calder et al., "Windows Azure Storage" (SOSP 2011), sections 5.1 and 5.6: range partitions, load balancing, splits by
 * load. The service publishes neither a range's limit nor how soon it splits.
 */
export class RangedStore {
  /** The first name of each range, in order. */
  readonly #starts: string[] = [''];
  readonly #capacity: number;

  constructor({ capacity }: RangedStoreOptions) {
    this.#capacity = capacity;
  }

  /** Takes a sample of the requests of an interval, by the names they are about; each stands for `weight` of them. */
  take(names: readonly string[], weight: number): Interval {
    const sorted = names.toSorted();
    const splits: string[] = [];
    let [answered, busiest, busyRanges, from] = [0, 0, 0, 0];
    for (let range = 0; range < this.#starts.length; range += 1) {
      const next = this.#starts[range + 1];
      const end = next === undefined ? sorted.length : firstFrom(sorted, next, from);
      const load = (end - from) * weight;
      answered += Math.min(load, this.#capacity);
      busiest = Math.max(busiest, load);
      if (load > 0) busyRanges += 1;
      if (load > this.#capacity) splits.push(sorted[Math.floor((from + end) / 2)] ?? '');
      from = end;
    }
    this.#starts.push(...splits);
    this.#starts.sort();
    const all = names.length * weight;
    return { busyRanges, busiestShare: busiest / all, answeredShare: answered / all };
  }
}

/** The first place from `from` on whose name is not before `name`. */
function firstFrom(sorted: readonly string[], name: string, from: number): number {
  let [low, high] = [from, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? '') < name) low = middle + 1;
    else high = middle;
  }
  return low;
}
