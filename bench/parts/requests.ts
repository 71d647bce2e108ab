import type { Path } from '../guards/guard.ts';
import { Stage } from '../guards/stage.ts';
import { type VariantName, variants } from '../guards/variants.ts';
import type { Part } from './part.ts';

const compared: readonly VariantName[] = ['ours', 'raw', 'naive', 'lease', 'powertools'];
const duplicatePaths: readonly Path[] = ['redelivered', 'fresh'];
const withDuplicates: readonly VariantName[] = ['ours', 'raw', 'powertools'];
const messages = 100;

/** How many requests a message takes, counted by the store. */
export const requests: Part = async ({ tell }) => {
  const stage = await Stage.start([...compared, 'oursSteps']);
  const perMessage = async (name: VariantName, path: Path): Promise<number> => {
    await stage.prepareDone(name);
    await stage.countRequests();
    await stage.run(name, path, { concurrency: 4, durationMs: 60_000, most: messages });
    return (await stage.countRequests()) / messages;
  };
  try {
    const figures: Record<string, number> = {};
    for (const name of compared) {
      tell(`requests of ${variants[name].label}`);
      for (const path of ['new', ...(withDuplicates.includes(name) ? duplicatePaths : [])] as const) {
        figures[`requests ${name} ${path}`] = await perMessage(name, path);
      }
    }
    figures['requests of 3 checkpoints'] = (await perMessage('oursSteps', 'new')) - (figures['requests ours new'] ?? 0);
    const shown = (name: VariantName, path: Path) => String(figures[`requests ${name} ${path}`] ?? '–');
    const rows = compared.map((name) => [
      variants[name].label,
      shown(name, 'new'),
      shown(name, 'redelivered'),
      shown(name, 'fresh'),
    ]);
    return {
      figures,
      tables: [
        {
          title: 'Requests per message, counted by the store',
          note: `"redelivered" and "fresh": duplicates of a message that is done, with delivery count 2 and 1. Three checkpoints cost ours ${figures['requests of 3 checkpoints']} more. naive and lease mutex remember nothing: they would do the work again.`,
          columns: ['', 'new', 'redelivered', 'fresh'],
          rows,
        },
      ],
    };
  } finally {
    await stage.close();
  }
};
