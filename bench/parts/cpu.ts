import type { Path } from '../guards/guard.ts';
import type { Cell, Samples } from '../guards/samples.ts';
import { Stage } from '../guards/stage.ts';
import { type VariantName, variants } from '../guards/variants.ts';
import { figure, type Table, times } from '../report/table.ts';
import type { Part } from './part.ts';

const compared: readonly VariantName[] = [
  'ours',
  'sdk',
  'sdkDefault',
  'raw',
  'oursBearer',
  'sdkBearer',
  'sdkDefaultBearer',
  'rawBearer',
  'oursLogging',
  'powertools',
];
const withDuplicates: readonly VariantName[] = ['ours', 'oursBearer', 'raw', 'powertools'];
const thatRead: readonly VariantName[] = ['sdk', 'sdkBearer', 'sdkDefault', 'raw'];

/** A busy machine is the same for all only for a moment; but a process that has waited for its turn is cold for the first messages. */
const turns = 3;

const cell = (path: Path, of: readonly VariantName[], most: number): Cell => ({
  path,
  of,
  latencyMs: 0,
  concurrency: 16,
  durationMs: 60_000,
  most,
});
const cells: readonly Cell[] = [
  cell('new', compared, 2500),
  cell('redelivered', withDuplicates, 400),
  cell('read', thatRead, 400),
  cell('fresh', withDuplicates, 400),
];

/** What a message costs the client's processor. 16 at a time, at a store that answers at once. */
export const cpu: Part = async ({ rounds, pace, tell }) => {
  const samples = await Stage.measure(cells, { rounds, pace, turns, warmUp: 10_000 }, tell);
  const ratio = (name: VariantName, other: VariantName) =>
    samples.ratio('cpuPerMessageUs', [name, 'new', 0, 16], [other, 'new', 0, 16]);
  const redelivered = (path: Path, other: VariantName) =>
    samples.ratio('cpuPerMessageUs', ['ours', 'redelivered', 0, 16], [other, path, 0, 16]);
  return {
    figures: {
      'CPU, ours : SD': ratio('ours', 'sdkDefault'),
      'CPU, ours : R': ratio('ours', 'raw'),
      'CPU, ours : SD, TLS + bearer': ratio('oursBearer', 'sdkDefaultBearer'),
      'CPU, ours : R, TLS + bearer': ratio('oursBearer', 'rawBearer'),
      'CPU, redelivered : new': redelivered('new', 'ours'),
      'CPU, redelivered : download by S': redelivered('read', 'sdk'),
      'CPU, redelivered : download by SD': redelivered('read', 'sdkDefault'),
    },
    tables: [ofNew(samples), ofDuplicates(samples)],
  };
};

function ofNew(samples: Samples): Table {
  const against = (name: VariantName, other: VariantName) =>
    times(samples.ratio('cpuPerMessageUs', [name, 'new', 0, 16], [other, 'new', 0, 16]));
  return {
    title: "Client's CPU per new message, 16 at a time, 0 ms",
    note: 'User and system time of the client process. Ratios are taken in each round, then their median.',
    columns: ['', 'µs', 'of S', 'of SD', 'of R', 'of S, TLS + bearer', 'of SD, TLS + bearer', 'of R, TLS + bearer'],
    rows: compared.map((name) => [
      variants[name].label,
      figure(samples.median('cpuPerMessageUs', [name, 'new', 0, 16])),
      ...(['sdk', 'sdkDefault', 'raw', 'sdkBearer', 'sdkDefaultBearer', 'rawBearer'] as const).map((other) =>
        against(name, other),
      ),
    ]),
  };
}

function ofDuplicates(samples: Samples): Table {
  const of = (path: Path, names: readonly VariantName[]) =>
    names.map((name) => {
      const place = [name, path, 0, 16] as const;
      return [
        `${variants[name].label}, ${path === 'read' ? 'one download' : path}`,
        figure(samples.median('cpuPerMessageUs', place)),
        times(samples.ratio('cpuPerMessageUs', place, [name, 'new', 0, 16])),
        times(samples.ratio('cpuPerMessageUs', place, ['sdk', 'read', 0, 16])),
        times(samples.ratio('cpuPerMessageUs', place, ['sdkDefault', 'read', 0, 16])),
      ];
    });
  return {
    title: "Client's CPU per duplicate, 16 at a time, 0 ms",
    columns: ['', 'µs', 'of its new message', 'of one download by S', 'by SD'],
    rows: [...of('redelivered', withDuplicates), ...of('read', thatRead), ...of('fresh', withDuplicates)],
  };
}
