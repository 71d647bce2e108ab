import { availableParallelism } from 'node:os';
import { expect, it } from 'vitest';
import { table } from './figures.ts';
import type { Layout, Producers } from './options.ts';
import { runChaos } from './run-chaos.ts';

const seed = 20_261_122;
/** One for each core, and at least one that takes over from another. */
const processes = Math.max(2, availableParallelism());

const runs: readonly (readonly [Producers, Layout])[] = [
  ['own', 'flat'],
  ['foreign', 'spread'],
  ['several', 'flat'],
  ['own', 'moved'],
];

it.for(runs)(
  'Real processes that are killed and frozen, on engines that fail, lose no message of %s producers with their locks %s, keep sessions in order, and finish no step twice',
  async ([producers, layout], { signal }) => {
    const options = { minutes: 0.2, seed, processes, messages: 400, producers, layout };
    const { figures, wrongs } = await runChaos(options, { signal });

    expect(wrongs).toBe('');
    // A run in which nothing happened would prove nothing.
    const happened = Object.entries(figures).filter(([, value]) => value !== 0);
    expect(
      happened.map(([name]) => name),
      table(figures),
    ).toEqual(
      expect.arrayContaining([
        'messages',
        'sent again under the same ID',
        'processes killed',
        'processes frozen past their locks, and thawed',
        'of them takeovers',
        'completed',
        ...(layout === 'moved' ? ['locks moved', 'moves killed'] : []),
      ]),
    );
  },
);
