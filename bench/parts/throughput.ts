import type { Cell, Place, Samples } from '../guards/samples.ts';
import { Stage } from '../guards/stage.ts';
import { type VariantName, variants } from '../guards/variants.ts';
import { median } from '../report/statistics.ts';
import { figure, type Table, times } from '../report/table.ts';
import type { Part } from './part.ts';

const compared: readonly VariantName[] = ['ours', 'sdk', 'raw', 'naive', 'lease', 'powertools', 'powertoolsInMemory'];
const latenciesMs = [0, 5, 20];
const concurrencies = [1, 16, 64];

const cells: readonly Cell[] = latenciesMs.flatMap((latencyMs) => [
  { path: 'read', latencyMs, concurrency: 1, durationMs: 300, of: ['raw'] },
  ...concurrencies.map(
    (concurrency): Cell => ({
      path: 'new',
      latencyMs,
      concurrency,
      durationMs: latencyMs === 20 && concurrency > 1 ? 1500 : 400,
      of: compared,
    }),
  ),
]);

/** How many messages a second one client guards. */
export const throughput: Part = async ({ tell, ...rounds }) => {
  const samples = await Stage.measure(cells, { ...rounds, warmUp: 10_000 }, tell);
  const at64 = (name: VariantName): Place => [name, 'new', 20, 64];
  const ratio = (metric: 'messagesPerSecond' | 'cpuPerMessageUs', other: VariantName) =>
    samples.ratio(metric, at64('ours'), at64(other));
  return {
    figures: {
      'messages/s, ours : ideal, 16 at a time': ofIdeal(samples, 'ours', 20, 16),
      'messages/s, ours : raw, 64 at a time': ratio('messagesPerSecond', 'raw'),
      'messages/s, ours : naive': ratio('messagesPerSecond', 'naive'),
      'messages/s, ours : lease mutex': ratio('messagesPerSecond', 'lease'),
      'CPU, ours : naive': ratio('cpuPerMessageUs', 'naive'),
      'CPU, ours : lease mutex': ratio('cpuPerMessageUs', 'lease'),
    },
    tables: [rates(samples), at20(samples)],
  };
};

/** The part of what two round trips one after the other would allow. */
function ofIdeal(samples: Samples, name: VariantName, latencyMs: number, concurrency: number): number {
  const roundTripsMs = samples.roundTripsMs(latencyMs);
  const rates = samples.values('messagesPerSecond', [name, 'new', latencyMs, concurrency]);
  return median(rates.map((rate, round) => rate / ((concurrency / (2 * (roundTripsMs[round] ?? Number.NaN))) * 1000)));
}

function rates(samples: Samples): Table {
  return {
    title: 'Messages per second, 1 / 16 / 64 at a time',
    note: 'By the latency that the store adds. Client and server share the machine: at 0 ms it is the processor that decides.',
    columns: ['', ...latenciesMs.map((latencyMs) => `${latencyMs} ms`)],
    rows: compared.map((name) => [
      variants[name].label,
      ...latenciesMs.map((latencyMs) =>
        concurrencies
          .map((concurrency) => figure(samples.median('messagesPerSecond', [name, 'new', latencyMs, concurrency])))
          .join(' / '),
      ),
    ]),
  };
}

function at20(samples: Samples): Table {
  const place = (name: VariantName): Place => [name, 'new', 20, 64];
  return {
    title: 'At 20 ms: part of the ideal rate, and ours against each',
    note: 'Ideal: as many at a time ÷ 2 round trips, as measured in the same round.',
    columns: ['', 'of ideal, 16', 'of ideal, 64', 'CPU µs, 64', 'messages/s of ours : its', 'CPU of ours : its'],
    rows: compared.map((name) => [
      variants[name].label,
      times(ofIdeal(samples, name, 20, 16)),
      times(ofIdeal(samples, name, 20, 64)),
      figure(samples.median('cpuPerMessageUs', place(name))),
      times(samples.ratio('messagesPerSecond', place('ours'), place(name))),
      times(samples.ratio('cpuPerMessageUs', place('ours'), place(name))),
    ]),
  };
}
