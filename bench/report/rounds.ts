import { median, medianRatio } from './statistics.ts';

/** What was measured under each key, a value a round. */
export class PerRound<Key extends string, Measured> {
  readonly #values = new Map<Key, Measured[]>();

  add(key: Key, measured: Measured): void {
    this.#values.set(key, [...(this.#values.get(key) ?? []), measured]);
  }

  median = (key: Key, of: (measured: Measured) => number): number => median(this.#of(key, of));

  /** The median of the ratios of the rounds. */
  ratio = (key: Key, other: Key, of: (measured: Measured) => number): number =>
    medianRatio(this.#of(key, of), this.#of(other, of));

  #of = (key: Key, of: (measured: Measured) => number): readonly number[] => (this.#values.get(key) ?? []).map(of);
}

/** Begins with another item each round. */
export const inTurn = <Item>(items: readonly Item[], round: number): readonly Item[] => {
  const first = round % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
};
