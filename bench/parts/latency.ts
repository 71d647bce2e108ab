import type { Path } from '../guards/guard.ts';
import type { Cell, Samples } from '../guards/samples.ts';
import { Stage } from '../guards/stage.ts';
import { type VariantName, variants } from '../guards/variants.ts';
import { figure, type Table } from '../report/table.ts';
import type { Part } from './part.ts';

const compared: readonly VariantName[] = ['ours', 'sdk', 'raw', 'naive', 'lease', 'powertools', 'powertoolsInMemory'];
const withDuplicates: readonly VariantName[] = ['ours', 'raw', 'powertools', 'powertoolsInMemory'];

const cells: readonly Cell[] = [
  [0, 400],
  [5, 500],
  [20, 900],
].flatMap(([latencyMs = 0, durationMs = 0]) => {
  const cell = (path: Path, of: readonly VariantName[]): Cell => ({ path, latencyMs, concurrency: 1, durationMs, of });
  return [
    cell('read', ['raw']),
    cell('new', compared),
    ...(latencyMs === 20 ? [cell('redelivered', withDuplicates), cell('fresh', withDuplicates)] : []),
  ];
});

/** How much later a message is done because it was guarded. One message at a time. */
export const latency: Part = async ({ tell, ...rounds }) => {
  const samples = await Stage.measure(cells, rounds, tell);
  return {
    figures: {
      'added latency of a new message': samples.inRoundTrips(['ours', 'new', 20, 1]),
      'added latency of a redelivered duplicate': samples.inRoundTrips(['ours', 'redelivered', 20, 1]),
    },
    tables: [ofNew(samples), ofDuplicates(samples)],
  };
};

function ofNew(samples: Samples): Table {
  const of = (name: VariantName, latencyMs: number) => {
    const place = [name, 'new', latencyMs, 1] as const;
    return `${figure(samples.median('p50Ms', place))} / ${figure(samples.median('p95Ms', place))}`;
  };
  const roundTrip = (latencyMs: number) => figure(samples.median('p50Ms', ['raw', 'read', latencyMs, 1]));
  return {
    title: 'Added latency of a new message, one at a time',
    note: `Milliseconds, p50 / p95, by the latency that the store adds. The last column is p50 at 20 ms in the store's own round trips. Those were ${roundTrip(0)}, ${roundTrip(5)} and ${roundTrip(20)} ms. dynalite itself takes 2 to 3 ms a message, DynamoDB does not.`,
    columns: ['', '0 ms', '5 ms', '20 ms', 'round trips'],
    rows: compared.map((name) => [
      variants[name].label,
      of(name, 0),
      of(name, 5),
      of(name, 20),
      figure(samples.inRoundTrips([name, 'new', 20, 1])),
    ]),
  };
}

function ofDuplicates(samples: Samples): Table {
  const of = (name: VariantName, path: Path) => {
    const place = [name, path, 20, 1] as const;
    return [figure(samples.median('p50Ms', place)), figure(samples.inRoundTrips(place))];
  };
  return {
    title: 'Time to see a duplicate of a message that is done, at 20 ms, one at a time',
    note: 'p50 in milliseconds, and in round trips. Powertools does not tell a redelivery from a new message.',
    columns: ['', 'redelivered', 'round trips', 'fresh', 'round trips'],
    rows: withDuplicates.map((name) => [variants[name].label, ...of(name, 'redelivered'), ...of(name, 'fresh')]),
  };
}
