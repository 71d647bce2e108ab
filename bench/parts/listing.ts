import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { lockContainer, lockScope } from '../guards/guard.ts';
import { bareSdk, type Listed, listed } from '../listing/program.ts';
import { Child } from '../processes/child.ts';
import { inTurn, PerRound } from '../report/rounds.ts';
import { figure, spreadText } from '../report/table.ts';
import type { BlobAddresses } from '../servers/blob-process.ts';
import type { Part } from './part.ts';

const inRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const isb = inRoot('dist/lib/src/entrypoints/operator/main.js');

/** What is run, and of how many locks: the SDK takes minutes for a million. */
const ways = {
  'isb locks list': { program: isb, args: ['locks', 'list'], most: 1_000_000, heading: 1 },
  'isb locks list --json': { program: isb, args: ['locks', 'list', '--json'], most: 1_000_000, heading: 0 },
  'bare SDK client': { program: bareSdk, args: [lockContainer, `${lockScope}/`], most: 100_000, heading: 0 },
} as const;
type Way = keyof typeof ways;
const names = Object.keys(ways) as readonly Way[];

/** What it costs to list a million locks with the operator's command, as it is published. */
export const listing: Part = async ({ rounds, pace, tell }) => {
  tell('building the package');
  execFileSync(process.execPath, [inRoot('tools/build.mjs'), 'dist', 'lib'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const countOf = (way: Way) => Math.round(ways[way].most * (pace < 1 ? 0.02 : 1));
  const found = new PerRound<Way, Listed>();
  const blobs = new Child(new URL('../servers/blob-process.ts', import.meta.url));
  try {
    const addresses = await blobs.call<BlobAddresses>('addresses');
    for (let round = 0; round < rounds; round += 1) {
      for (const way of inTurn(names, round)) {
        tell(`round ${round + 1} of ${rounds}: ${way}`);
        const count = countOf(way);
        await blobs.call('holdOldLocks', { folder: `${lockContainer}/${lockScope}`, count, oneDueIn: 1000 });
        const { program, args, heading } = ways[way];
        const seen = await listed(program, args, addresses);
        if (seen.lines !== count + heading) throw new Error(`"${way}" has printed ${seen.lines} lines.`);
        found.add(way, seen);
      }
    }
  } finally {
    await blobs.close();
  }
  const cpu = ({ cpuUs, lines }: Listed) => cpuUs / lines;
  return {
    figures: {
      'CPU per lock, isb : SDK': found.ratio('isb locks list', 'bare SDK client', cpu),
      'pages before the first row': found.spread('isb locks list', (each) => each.pagesBeforeFirst).most,
      'memory, MB': found.spread('isb locks list', ({ rssMb }) => rssMb).most,
    },
    tables: [
      {
        title: 'Locks listed',
        note: 'Programs from their start to their end, in pages of 2,500. The SDK makes objects of them; isb prints a line of each. Memory is the largest resident set.',
        columns: ['', 'locks', 'CPU µs per lock', 's', 'first row after, s', 'pages asked for before it', 'MB'],
        rows: names.map((way) => [
          way,
          countOf(way).toLocaleString('en'),
          spreadText(found.spread(way, cpu)),
          figure(found.median(way, ({ tookMs }) => tookMs / 1000)),
          figure(found.median(way, ({ firstMs }) => firstMs / 1000)),
          figure(found.median(way, ({ pagesBeforeFirst }) => pagesBeforeFirst)),
          figure(found.median(way, ({ rssMb }) => rssMb)),
        ]),
      },
    ],
  };
};
