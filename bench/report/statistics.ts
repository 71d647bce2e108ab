/** The value below which the part `fraction` of `values` lies; NaN of none. */
export function quantile(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const place = (sorted.length - 1) * fraction;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/**
 * How many times `other` each of `values` is, measured in the same round, and the median of that: what slows a round down
 * slows both sides of its ratio.
 */
export const medianRatio = (values: readonly number[], others: readonly number[]): number =>
  median(ratios(values, others));

export const ratios = (values: readonly number[], others: readonly number[]): readonly number[] =>
  values.map((value, round) => value / (others[round] ?? Number.NaN));

/** What the rounds of one figure found. */
export interface Spread {
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

export const spreadOf = (values: readonly number[]): Spread => ({
  least: quantile(values, 0),
  median: median(values),
  most: quantile(values, 1),
});
