import { Child } from '../processes/child.ts';
import type { Whereabouts } from '../redrive/engine-process.ts';
import type { Place, Redriven } from '../redrive/operator-process.ts';
import { inTurn, PerRound } from '../report/rounds.ts';
import { figure, spreadText, type Table } from '../report/table.ts';
import type { BlobAddresses } from '../servers/blob-process.ts';
import type { Part } from './part.ts';

const ways = {
  'isb dead redrive': { call: 'isb', options: ['--duplicate-detection', 'off'] },
  'the same, looking for each copy': { call: 'isb', options: [] },
  'SDK, one by one': { call: 'loop', options: [] },
} as const;
type Way = keyof typeof ways;

/** How long it takes to put dead letters back on their queue, half of them with a lock of work that was begun. */
export const redrive: Part = async ({ rounds, pace, tell }) => {
  const count = pace < 1 ? 1000 : 10_000;
  const found = new PerRound<Way, Redriven>();
  let astray = 0;
  const blobs = new Child(new URL('../servers/blob-process.ts', import.meta.url));
  try {
    const addresses = await blobs.call<BlobAddresses>('addresses');
    tell(`${count / 2} locks`);
    await withChild('operator', (operator) => operator.call('begin', { blobs: addresses, count }));
    for (let round = 0; round < rounds; round += 1) {
      for (const way of inTurn(Object.keys(ways) as readonly Way[], round)) {
        tell(`round ${round + 1} of ${rounds}: ${way}`);
        const { redriven, whereabouts } = await once(way, count, addresses);
        found.add(way, redriven);
        astray += Math.abs(count - whereabouts.different) + Math.abs(count - whereabouts.onQueue) + whereabouts.dead;
      }
    }
  } finally {
    await blobs.close();
  }
  return {
    figures: {
      'SDK : isb': found.ratio('SDK, one by one', 'isb dead redrive', ({ tookMs }) => tookMs),
      'SDK : isb, looking': found.ratio('SDK, one by one', 'the same, looking for each copy', ({ tookMs }) => tookMs),
      astray,
    },
    tables: [table(count, found)],
  };
};

async function once(way: Way, count: number, blobs: BlobAddresses) {
  return withChild('engine', (engine) =>
    withChild('operator', async (operator) => {
      await engine.call('fill', count);
      const { call, options } = ways[way];
      const place: Place = { blobs, serviceBus: await engine.call<string>('connectionString') };
      const redriven = await operator.call<Redriven>(call, { ...place, options });
      return { redriven, whereabouts: await engine.call<Whereabouts>('whereabouts') };
    }),
  );
}

async function withChild<Result>(name: 'engine' | 'operator', use: (child: Child) => Promise<Result>): Promise<Result> {
  const child = new Child(new URL(`../redrive/${name}-process.ts`, import.meta.url));
  try {
    return await use(child);
  } finally {
    await child.close();
  }
}

function table(count: number, found: PerRound<Way, Redriven>): Table {
  return {
    title: 'Dead letters put back',
    note: `${count.toLocaleString('en')} messages of the emulator, half of them with a lock; from the connection to its end. One by one: receive, send, complete. "Looking": each copy is peeked before its dead letter is removed.`,
    columns: ['', 's', 'messages/s', 'CPU µs per message', 'times as fast as one by one'],
    rows: (Object.keys(ways) as readonly Way[]).map((way) => [
      way,
      spreadText(found.spread(way, ({ tookMs }) => tookMs / 1000)),
      figure(found.median(way, ({ tookMs }) => (count / tookMs) * 1000)),
      figure(found.median(way, ({ cpuMs }) => (cpuMs / count) * 1000)),
      figure(found.ratio('SDK, one by one', way, ({ tookMs }) => tookMs)),
    ]),
  };
}
