import { availableParallelism } from 'node:os';
import { expect, it } from 'vitest';
import { table } from './figures.ts';
import type { Producers } from './options.ts';
import { runChaos } from './run-chaos.ts';

const seed = 20_261_122;
/** One for each core, and at least one that takes over from another. */
const processes = Math.max(2, availableParallelism());

const producers: readonly Producers[] = ['own', 'foreign', 'several'];

it.for(producers)(
  'Real processes that are killed and frozen, on engines that fail, lose no message of %s producers, keep sessions in order, and finish no step twice',
  async (producers, { signal }) => {
    const options = { minutes: 0.2, seed, processes, messages: 400, producers };
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
      ]),
    );
  },
);
