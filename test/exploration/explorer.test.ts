import { describe, expect, it } from 'vitest';
import { type Explored, explore, summary } from './explorer.ts';

/** Two who each read a number, then write it back with one added: a race. `isAtomic` if nobody comes between. */
class Race implements Explored {
  readonly story: string[] = [];
  readonly wrongs: string[] = [];
  readonly #isAtomic: boolean;
  readonly #read: (number | undefined)[] = [undefined, undefined];
  readonly #done = [false, false];
  #value = 0;

  constructor(isAtomic: boolean) {
    this.#isAtomic = isAtomic;
  }

  get state(): string {
    return JSON.stringify([this.#value, this.#read, this.#done]);
  }

  get choices() {
    return [0, 1]
      .filter((who) => this.#done[who] === false)
      .map((who) => ({ label: String(who), take: async () => this.#go(who) }));
  }

  #go(who: number): void {
    this.story.push(`${who} goes on`);
    const read = this.#read[who];
    if (read === undefined && !this.#isAtomic) {
      this.#read[who] = this.#value;
      return;
    }
    this.#value = (read ?? this.#value) + 1;
    this.#done[who] = true;
    if (this.#done.every(Boolean) && this.#value !== 2) this.wrongs.push(`it is ${this.#value}`);
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
