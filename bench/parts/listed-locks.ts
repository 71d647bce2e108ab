import { Plot } from '../growth/plot.ts';
import type { Swept } from '../growth/process.ts';
import { Child } from '../processes/child.ts';
import { PerRound } from '../report/rounds.ts';
import { figure, times } from '../report/table.ts';
import type { Part } from './part.ts';

/**
 * What a listed lock cost the sweep of 3673366, in times of what it costs to list it by the SDK with its defaults, as this part
 * measures both: the median of three rounds (2026-11-29, 2 cores), so that the build need not be there to be compared with.
 */
const oldBuild = 1.06;

interface PerLock {
  readonly oursUs: number;
  readonly sdkUs: number;
}

/** What a sweep costs per lock that it looks at, by the side of the SDK's own listing, which makes objects of all that it reads. */
export const listedLocks: Part = async ({ rounds, pace, tell }) => {
  const count = pace < 1 ? 5000 : 30_000;
  const found = new PerRound<'all', PerLock>();
  for (let round = 0; round < rounds; round += 1) {
    tell(`round ${round + 1} of ${rounds}: ${count} locks`);
    await Plot.with(async ({ blobs, instance }) => {
      const sdk = new Child(new URL('../growth/sdk-listing-process.ts', import.meta.url));
      const addresses = await blobs.call('addresses');
      const measure = async (): Promise<PerLock> => {
        await blobs.call('holdOldLocks', { folder: 'locks/queue', count, oneDueIn: 1000 });
        const sdkUs = await sdk.call<number>('list', addresses);
        const { cpuUs, listed } = await instance.call<Swept>('sweep');
        return { oursUs: cpuUs / listed, sdkUs };
      };
      try {
        await measure(); // warm
        found.add('all', await measure());
      } finally {
        await sdk.close();
      }
    });
  }
  const ofSdk = found.median('all', ({ oursUs, sdkUs }) => oursUs / sdkUs);
  return {
    figures: { 'CPU per listed lock : 3673366': ofSdk / oldBuild },
    tables: [
      {
        title: `A sweep of ${count.toLocaleString('en')} locks`,
        note: `One in 1,000 is deleted. The build of 3673366 took ${times(oldBuild)} of the SDK's listing.`,
        columns: ['', 'CPU µs per lock', 'of the listing', 'of 3673366'],
        rows: [
          ['ours', figure(found.median('all', ({ oursUs }) => oursUs)), times(ofSdk), times(ofSdk / oldBuild)],
          ["the SDK's listing alone", figure(found.median('all', ({ sdkUs }) => sdkUs)), times(1), times(1 / oldBuild)],
        ],
      },
    ],
  };
};
