import { median, medianRatio } from '../report/statistics.ts';
import type { Path } from './guard.ts';
import type { Measured } from './measure.ts';
import type { VariantName } from './variants.ts';

/** Under what conditions something is done. */
export interface Cell {
  readonly path: Path;
  /** Injected into every answer of the store. */
  readonly latencyMs: number;
  readonly concurrency: number;
  /** No message is begun after that. */
  readonly durationMs: number;
  /** Nor more than so many: a cell about CPU counts messages, since it gets little of a busy machine's time. */
  readonly most?: number;
  readonly of: readonly VariantName[];
}

export type Metric = Exclude<keyof Measured, 'messages'>;

/** What is looked for among the samples. */
export type Place = readonly [of: VariantName, path: Path, latencyMs: number, concurrency: number];

/** One measurement per variant, cell and round. */
export class Samples {
  readonly #byPlace = new Map<string, Measured[]>();

  add(name: VariantName, { path, latencyMs, concurrency }: Cell, measured: Measured): void {
    const key = [name, path, latencyMs, concurrency].join();
    this.#byPlace.set(key, [...(this.#byPlace.get(key) ?? []), measured]);
  }

  /** One value a round; none if it was not measured. */
  values(metric: Metric, place: Place): readonly number[] {
    return (this.#byPlace.get(place.join()) ?? []).map((measured) => measured[metric]);
  }

  median = (metric: Metric, place: Place): number => median(this.values(metric, place));

  /** The median of the ratios of the rounds. */
  ratio = (metric: Metric, place: Place, other: Place): number =>
    medianRatio(this.values(metric, place), this.values(metric, other));

  /** The store's round trip as the leanest client sees it: one read by hand, one at a time. */
  roundTripsMs = (latencyMs: number): readonly number[] => this.values('p50Ms', ['raw', 'read', latencyMs, 1]);

  /** How many of the store's round trips a message takes. */
  inRoundTrips = (place: Place): number => medianRatio(this.values('p50Ms', place), this.roundTripsMs(place[2]));
}
