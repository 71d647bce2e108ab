import { ratios, type Spread, spreadOf } from './statistics.ts';

/** What was measured under each key, a value a round. */
export class PerRound<Key extends string, Measured> {
  readonly #values = new Map<Key, Measured[]>();

  add(key: Key, measured: Measured): void {
    this.#values.set(key, [...(this.#values.get(key) ?? []), measured]);
  }

  median = (key: Key, of: (measured: Measured) => number): number => this.spread(key, of).median;

  /** The median of the ratios of the rounds. */
  ratio = (key: Key, other: Key, of: (measured: Measured) => number): number =>
    this.spreadOfRatio(key, other, of).median;

  spread = (key: Key, of: (measured: Measured) => number): Spread => spreadOf(this.#of(key, of));

  /** Of the ratios of the rounds. */
  spreadOfRatio = (key: Key, other: Key, of: (measured: Measured) => number): Spread =>
    spreadOf(ratios(this.#of(key, of), this.#of(other, of)));

  #of = (key: Key, of: (measured: Measured) => number): readonly number[] => (this.#values.get(key) ?? []).map(of);
}

/** Begins with another item each round. */
export const inTurn = <Item>(items: readonly Item[], round: number): readonly Item[] => {
  const first = round % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
};
