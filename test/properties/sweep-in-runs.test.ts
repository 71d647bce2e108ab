import { describe, expect, it } from 'vitest';
import { depth } from '../support/cases.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { SweptFleet } from '../support/swept-fleet.ts';

const count = 200_000;
const seeds = { quick: [1], deep: [1, 2, 3, 4, 5] }[depth];

describe(`${count} locks, swept in runs of 50 ms by changing processes, two at once now and then, some of which die`, () => {
  it.each(seeds)(
    'are looked at to the last one in each pass, hardly ever twice, and lose who is due and nobody else: seed %i',
    async (seed) => {
      const fleet = new SweptFleet(count, new SeededRandom(seed));
      const { locks } = fleet;
      for (let nth = 1; nth <= 2; nth += 1) {
        locks.shown = 0;
        const there = count - (nth === 1 ? 0 : count / 10);
        const pass = await fleet.pass({ most: count / 100 });
        expect(pass).toMatchObject({ isOver: true });
        expect(locks.dueLeft()).toBe(0);
        expect(locks.shown / there).toBeLessThanOrEqual(1.2);
        expect(locks.wronglyDeleted).toBe(0);
      }
      expect(fleet.runs).toBeGreaterThan(100);
      expect(fleet.crashes).toBeGreaterThan(0);
    },
  );
});
