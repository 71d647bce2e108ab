import { Stage } from '../guards/stage.ts';
import { type VariantName, variants } from '../guards/variants.ts';
import { sharesByCategory } from '../profile/categories.ts';
import { figure } from '../report/table.ts';
import type { Part } from './part.ts';

const compared: readonly VariantName[] = ['ours', 'sdk', 'oursBearer', 'sdkBearer'];
const smallestShown = 0.005;

/** Where the processor's time of a new message goes. Apart from the other measurements, since looking costs time as well. */
export const profile: Part = async ({ pace, tell }) => {
  const stage = await Stage.start(compared);
  try {
    const shares = new Map<VariantName, ReadonlyMap<string, number>>();
    const cpuUs = new Map<VariantName, number>();
    const load = { path: 'new', concurrency: 16, durationMs: 60_000 } as const;
    for (const name of compared) {
      tell(variants[name].label);
      await stage.run(name, 'new', { ...load, most: 3000 * pace });
      cpuUs.set(name, (await stage.run(name, 'new', { ...load, most: 3000 * pace })).cpuPerMessageUs);
      shares.set(name, sharesByCategory(await stage.profile(name, { ...load, most: 8000 * pace })));
      await stage.empty();
    }
    const shareOf = (name: VariantName, category: string) => shares.get(name)?.get(category) ?? 0;
    const cell = (name: VariantName, category: string) => {
      const share = shareOf(name, category);
      return `${figure(share * 100)} % (${figure(share * (cpuUs.get(name) ?? Number.NaN))})`;
    };
    const categories = new Set(compared.flatMap((name) => [...(shares.get(name)?.keys() ?? [])]));
    const shown = [...categories].filter((category) =>
      compared.some((name) => shareOf(name, category) > smallestShown),
    );
    const rows = shown.toSorted((one, other) => shareOf('ours', other) - shareOf('ours', one));
    return {
      figures: {},
      tables: [
        {
          title: 'Where the CPU of a new message goes',
          note: 'Self time by where the function stands, in parts of the busy time; in brackets µs per message, of the CPU without profiler. 16 at a time, 0 ms.',
          columns: ['', ...compared.map((name) => variants[name].label)],
          rows: [
            ...rows.map((category) => [category, ...compared.map((name) => cell(name, category))]),
            ['all', ...compared.map((name) => `(${figure(cpuUs.get(name) ?? Number.NaN)})`)],
          ],
        },
      ],
    };
  } finally {
    await stage.close();
  }
};
