import type { Path } from '../guards/guard.ts';
import type { Cell } from '../guards/samples.ts';
import { Stage } from '../guards/stage.ts';
import { type VariantName, variants } from '../guards/variants.ts';
import { figure, times } from '../report/table.ts';
import type { Part } from './part.ts';

const compared: readonly VariantName[] = ['oursInMemory', 'powertoolsInMemory'];
const paths: readonly Path[] = ['new', 'redelivered', 'fresh'];

const cells: readonly Cell[] = paths.map((path) => ({
  path,
  latencyMs: 0,
  concurrency: 16,
  durationMs: 60_000,
  most: 10_000,
  of: compared,
}));

/** What a guard's own decisions cost, with a store that is a Map and answers at once. */
export const logic: Part = async ({ tell, ...rounds }) => {
  const stage = await Stage.start(compared);
  try {
    const samples = await stage.measure(cells, rounds, tell);
    const microseconds = (name: VariantName, path: Path) => samples.median('cpuPerMessageUs', [name, path, 0, 16]);
    const ratio = (path: Path) =>
      samples.ratio('cpuPerMessageUs', ['oursInMemory', path, 0, 16], ['powertoolsInMemory', path, 0, 16]);
    return {
      figures: {
        'CPU of the logic': microseconds('oursInMemory', 'new'),
        'CPU of the logic, ours : Powertools': ratio('new'),
      },
      tables: [
        {
          title: 'CPU of the guard alone, its store a Map in memory',
          note: 'Microseconds per message, 16 at a time; no I/O and no timer for it.',
          columns: ['', ...paths],
          rows: [
            ...compared.map((name) => [variants[name].label, ...paths.map((path) => figure(microseconds(name, path)))]),
            ['ours : Powertools', ...paths.map((path) => times(ratio(path)))],
          ],
        },
      ],
    };
  } finally {
    await stage.close();
  }
};
