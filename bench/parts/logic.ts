import type { Path } from '../guards/guard.ts';
import type { Cell } from '../guards/samples.ts';
import { Stage } from '../guards/stage.ts';
import { type VariantName, variants } from '../guards/variants.ts';
import { figure, times } from '../report/table.ts';
import type { Part } from './part.ts';

const compared: readonly VariantName[] = ['oursInMemory', 'powertoolsEventsInMemory', 'powertoolsInMemory'];
const paths: readonly Path[] = ['new', 'redelivered', 'fresh'];

const cells: readonly Cell[] = paths.map((path) => ({
  path,
  latencyMs: 0,
  concurrency: 16,
  durationMs: 60_000,
  most: 20_000,
  of: compared,
}));

/** What a guard's own decisions cost, with a store that is a Map and answers at once. */
export const logic: Part = async ({ tell, ...rounds }) => {
  // A message takes microseconds here: compiled or not yet is twice as much, and is soon past in a process that lives.
  const samples = await Stage.measure(cells, { ...rounds, warmUp: 30_000 }, tell);
  const microseconds = (name: VariantName, path: Path) => samples.median('cpuPerMessageUs', [name, path, 0, 16]);
  const ratio = (other: VariantName, path: Path) =>
    samples.ratio('cpuPerMessageUs', ['oursInMemory', path, 0, 16], [other, path, 0, 16]);
  return {
    figures: {
      'CPU of the logic': microseconds('oursInMemory', 'new'),
      'CPU of the logic, ours : Powertools': ratio('powertoolsEventsInMemory', 'new'),
    },
    tables: [
      {
        title: 'CPU of the guard alone, its store a Map in memory',
        note:
          'Microseconds per message, 16 at a time; no I/O and no timer for it. On an event Powertools finds the ID by a path, ' +
          'and compares the content, as ours does; in its cheapest form it is given the ID, and compares nothing. ' +
          'Neither renews anything, keeps a deadline or takes steps, as ours does.',
        columns: ['', ...paths],
        rows: [
          ...compared.map((name) => [variants[name].label, ...paths.map((path) => figure(microseconds(name, path)))]),
          ...compared
            .filter((name) => name !== 'oursInMemory')
            .map((name) => [`ours : ${variants[name].label}`, ...paths.map((path) => times(ratio(name, path)))]),
        ],
      },
    ],
  };
};
