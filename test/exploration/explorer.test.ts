import { describe, expect, it } from 'vitest';
import { type Choice, type Explored, explore, summary } from './explorer.ts';

interface At {
  readonly value: number;
  /** What each has read. */
  readonly read: readonly (number | undefined)[];
  readonly done: readonly boolean[];
  readonly story: readonly string[];
}

/** Two who each read a number, then write it back with one added: a race. `isAtomic` if nobody comes between. */
class Race implements Explored {
  readonly #isAtomic: boolean;
  readonly #at: At;

  constructor(isAtomic: boolean, at: At = { value: 0, read: [undefined, undefined], done: [false, false], story: [] }) {
    this.#isAtomic = isAtomic;
    this.#at = at;
  }

  get key(): string {
    return JSON.stringify([this.#at.value, this.#at.read, this.#at.done]);
  }

  get story(): readonly string[] {
    return this.#at.story;
  }

  get wrongs(): readonly string[] {
    const { value, done } = this.#at;
    return done.every(Boolean) && value !== 2 ? [`it is ${value}`] : [];
  }

  get choices(): readonly Choice[] {
    const open = [0, 1].filter((who) => this.#at.done[who] === false);
    return open.map((who) => ({ take: async () => new Race(this.#isAtomic, this.#after(who)) }));
  }

  #after(who: number): At {
    const { value, read, done, story } = this.#at;
    const told = { ...this.#at, story: [...story, `${who} goes on`] };
    const known = read[who];
    if (known === undefined && !this.#isAtomic) return { ...told, read: read.with(who, value) };
    return { ...told, value: (known ?? value) + 1, done: done.with(who, true) };
  }
}

describe('the explorer', () => {
  it('runs every schedule of what cannot go wrong, and says so', async () => {
    const exploration = await explore(async () => new Race(true));
    expect(exploration).toMatchObject({ isExhausted: true, failure: undefined, schedules: 2, states: 4, ends: 1 });
  });

  it('finds the shortest schedule that goes wrong', async () => {
    const { failure } = await explore(async () => new Race(false));
    expect(failure?.wrongs).toEqual(['it is 1']);
    expect(failure?.story).toHaveLength(4);
    expect(failure?.story.slice(0, 2).toSorted()).toEqual(['0 goes on', '1 goes on']);
  });

  it('does not claim to have seen all when it gives up', async () => {
    const exploration = await explore(async () => new Race(true), 1);
    expect(exploration).toMatchObject({ isExhausted: false, schedules: 1 });
  });

  it('tells the failing schedule below its figures', async () => {
    const text = summary('a race', await explore(async () => new Race(false)));
    expect(text).toMatch(/^a race: not exhausted, .* schedules/);
    expect(text.split('\n').at(-1)).toBe('! it is 1');
  });
});
