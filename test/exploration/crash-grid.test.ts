import { expect, it } from 'vitest';
import { type Cell, cellsOf, type Fault, faults, leftOut, type Point, points } from './grid-cells.ts';
import { GridRun } from './grid-run.ts';

/** How often the message was acquired, its step begun, and its effect made. */
type Counts = readonly [attempts: number, begun: number, made: number];

interface Expected {
  /** With one delivery. */
  readonly alone: Counts;
  /** With two or three at once. */
  readonly inCompany: Counts;
}

const once: Counts = [1, 1, 1];
const resumed: Counts = [2, 1, 1];
const interrupted: Counts = [2, 0, 0];

const everywhere = (counts: Counts): Expected => ({ alone: counts, inCompany: counts });
/** One that stood still goes on if nobody else was there, and finds its lock taken over if there was. */
const whoeverIsThere = (counts: Counts): Expected => ({ alone: once, inCompany: counts });

/** What the fault changes. Everything that is not here is as if there had been none. */
const changed: { readonly [point in Point]?: { readonly [fault in Fault]?: Expected } } = {
  // The create of the dead process lands late: alone, it is a lock that has to expire; in company, it comes too late.
  'create sent': { kill: { alone: resumed, inCompany: once }, freeze: whoeverIsThere(resumed) },
  'create acked': { kill: everywhere(resumed), freeze: whoeverIsThere(resumed) },
  'before step': { kill: everywhere(resumed), freeze: whoeverIsThere(resumed) },
  // A step that runs at most once: begun, as far as its lock tells, it is not begun again.
  'step start written': { kill: everywhere(interrupted), freeze: whoeverIsThere(interrupted) },
  // Done and not recorded is done again. Only one that was killed does not live to hear of its effect.
  'effect done': { kill: everywhere([2, 2, 1]), freeze: whoeverIsThere([2, 2, 2]) },
  'checkpoint sent': { kill: everywhere(resumed), freeze: whoeverIsThere(resumed) },
  'checkpoint acked': { kill: everywhere(resumed), freeze: whoeverIsThere(resumed) },
};

function expectedOf({ point, fault, deliveries }: Cell) {
  const { alone, inCompany } = changed[point]?.[fault] ?? everywhere(once);
  const [attempts, begun, made] = deliveries === 1 ? alone : inCompany;
  return { wrongs: [], state: 'completed', attempts, begun, made };
}

const pairs = points.flatMap((point) => faults.map((fault) => ({ point, fault })));
const meeting = pairs.filter(({ point, fault }) => leftOut(point, fault) === undefined);

it.each(meeting)('$point, $fault: with 1, 2 and 3 deliveries and any clock, the work is done once', async (pair) => {
  for (const cell of cellsOf(pair.point, pair.fault)) {
    expect(await new GridRun(cell).run(), JSON.stringify(cell)).toEqual(expectedOf(cell));
  }
});

it('leaves out only what cannot meet, by a rule', () => {
  const count = (rule: ReturnType<typeof leftOut>) =>
    pairs
      .filter(({ point, fault }) => leftOut(point, fault) === rule)
      .flatMap(({ point, fault }) => cellsOf(point, fault)).length;
  const run = count(undefined);
  const noRequest = count('no request is under way there');
  const noStatus = count('a broker answers with no status of HTTP');
  process.stdout.write(
    `The grid of crash points: ${run} cells run, ${noRequest + noStatus} left out: ` +
      `${noRequest} since no request is under way there, ${noStatus} since a broker answers with no status of HTTP\n`,
  );
  expect({ run, noRequest, noStatus }).toEqual({ run: 459, noRequest: 567, noStatus: 27 });
});
