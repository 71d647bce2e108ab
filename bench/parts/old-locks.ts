import { Plot } from '../growth/plot.ts';
import type { Swept } from '../growth/process.ts';
import type { Measured } from '../guards/measure.ts';
import { inTurn } from '../report/rounds.ts';
import { median } from '../report/statistics.ts';
import { figure, type Table } from '../report/table.ts';
import type { Part } from './part.ts';

const counts = [10, 1000, 10_000, 100_000, 1_000_000];
const oneDueIn = 1000;
const turns = 3;

interface Found {
  readonly count: number;
  readonly sweeps: Swept[];
  readonly guarded: Measured[];
}

/** What old locks cost: the sweep that lists them, and the messages that come meanwhile. */
export const oldLocks: Part = ({ rounds, pace, tell }) =>
  Plot.with(async ({ blobs, instance }) => {
    const most = pace < 1 ? 10_000 : 1_000_000;
    const messages = Math.round(1500 * pace);
    await instance.call('guard', messages);
    const found: Found[] = counts.filter((count) => count <= most).map((count) => ({ count, sweeps: [], guarded: [] }));
    const hold = async (count: number) => {
      await blobs.call('clear');
      await blobs.call('holdOldLocks', { folder: 'locks/queue', count, oneDueIn });
    };
    // Apart from the sweeps, which take minutes: what is compared with each other is measured one right after the other.
    for (let round = 0; round < rounds * turns; round += 1) {
      for (const { count, guarded } of inTurn(found, round)) {
        tell(`messages, round ${round + 1} of ${rounds * turns}: ${count} old locks`);
        await hold(count);
        guarded.push(await instance.call<Measured>('guard', messages));
      }
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const { count, sweeps } of found) {
        // The long ones are long enough to be exact.
        if (round > 0 && count > 10_000) continue;
        tell(`sweep, round ${round + 1} of ${rounds}: ${count} old locks`);
        await hold(count);
        sweeps.push(await instance.call<Swept>('sweep'));
      }
    }
    const first = found[0];
    const last = found.at(-1);
    const cpuOf = (each: Found | undefined) => each?.guarded.map(({ cpuPerMessageUs }) => cpuPerMessageUs) ?? [];
    return {
      figures: {
        'CPU per blob listed, most : 10,000': perBlob(last) / perBlob(found.find(({ count }) => count === 10_000)),
        'CPU per message, most old locks : 10': median(
          cpuOf(last).map((us, round) => us / (cpuOf(first)[round] ?? Number.NaN)),
        ),
        'heap after the sweep, most : 10,000': heap(last) / heap(found.find(({ count }) => count === 10_000)),
      },
      tables: [table(found)],
    };
  });

const perBlob = (found: Found | undefined): number =>
  median(found?.sweeps.map(({ cpuUs, listed }) => cpuUs / listed) ?? []);
const heap = (found: Found | undefined): number => median(found?.sweeps.map(({ heapBytes }) => heapBytes) ?? []);

function table(found: readonly Found[]): Table {
  return {
    title: 'Old locks in the container',
    note: `One in ${oneDueIn} is past its retention and deleted by the sweep. The store lists 5,000 at a time. A message is never slower for them: it asks for its own lock by name.`,
    columns: ['old locks', 'sweep, s', 'CPU µs per blob listed', 'heap after it, MiB', 'CPU µs per new message'],
    rows: found.map((each) => [
      each.count.toLocaleString('en'),
      figure(median(each.sweeps.map(({ tookMs }) => tookMs / 1000))),
      figure(perBlob(each)),
      figure(heap(each) / 2 ** 20),
      figure(median(each.guarded.map(({ cpuPerMessageUs }) => cpuPerMessageUs))),
    ]),
  };
}
