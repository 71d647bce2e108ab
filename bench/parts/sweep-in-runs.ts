import { SeededRandom } from '../../test/support/seeded-random.ts';
import { SweptFleet } from '../../test/support/swept-fleet.ts';
import { figure } from '../report/table.ts';
import type { Part } from './part.ts';

/** Whether a sweep that is cut off again and again comes to the end of ten million locks. */
export const sweepInRuns: Part = async ({ pace, tell }) => {
  const count = pace < 1 ? 200_000 : 10_000_000;
  tell(`one pass through ${count} locks`);
  const fleet = new SweptFleet(count, new SeededRandom(1));
  const { locks } = fleet;
  const start = performance.now();
  const pass = await fleet.pass({ most: count / 100 });
  const tookS = (performance.now() - start) / 1000;
  const left = pass?.isOver ? locks.dueLeft() : Number.NaN;
  return {
    figures: {
      'locks looked at : locks': locks.shown / count,
      'due locks left': left,
      'locks wrongly deleted': locks.wronglyDeleted,
    },
    tables: [
      {
        title: 'A sweep that is cut off again and again',
        note: 'A store that lists locks by rule; each run is of a process of its own and ends after 50 ms of counted time. A tenth of the locks is due, some are written meanwhile, one run in ten is beside another, and one in ten dies between the deletions of a page and the write that tells of them.',
        columns: ['locks', 'runs', 'of them died', 'looked at per lock', 'due and left', 'wrongly deleted', 's'],
        rows: [
          [
            count.toLocaleString('en'),
            fleet.runs.toLocaleString('en'),
            fleet.crashes.toLocaleString('en'),
            figure(locks.shown / count),
            String(left),
            String(locks.wronglyDeleted),
            figure(tookS),
          ],
        ],
      },
    ],
  };
};
