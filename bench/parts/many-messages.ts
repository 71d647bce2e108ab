import { Stage } from '../guards/stage.ts';
import type { VariantName } from '../guards/variants.ts';
import { median } from '../report/statistics.ts';
import { figure, times } from '../report/table.ts';
import type { Part } from './part.ts';

const marks = [1000, 10_000, 50_000, 100_000, 200_000];
const load = { concurrency: 16, durationMs: 600_000 };

/** Whether a process that has guarded many messages guards the next one at the same cost, in the same memory. */
export const manyMessages: Part = async ({ rounds, pace, tell }) => {
  const stage = await Stage.start(['ours', 'sdk']);
  const guard = async (name: VariantName, most: number) => {
    const { cpuPerMessageUs } = await stage.run(name, 'new', { ...load, most });
    await stage.empty();
    return cpuPerMessageUs;
  };
  try {
    // Both are run warm, so that what is seen is age and not youth.
    await guard('ours', 5000 * pace);
    await guard('sdk', 5000 * pace);
    const seen: { readonly at: number; readonly us: number; readonly ratio: number; readonly heapBytes: number }[] = [];
    let done = 0;
    for (const at of pace < 1 ? marks.map((mark) => mark / 50) : marks) {
      tell(`to message ${at}`);
      for (; done < at; done += 5000) await guard('ours', Math.min(5000, at - done));
      done = at;
      const us: number[] = [];
      const ratios: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const ours = await guard('ours', 1000 * pace);
        us.push(ours);
        ratios.push(ours / (await guard('sdk', 1000 * pace)));
      }
      seen.push({ at, us: median(us), ratio: median(ratios), heapBytes: await stage.heapUsed('ours') });
    }
    const [first] = seen;
    const last = seen.at(-1);
    return {
      figures: {
        'CPU per message, last : first': (last?.ratio ?? Number.NaN) / (first?.ratio ?? Number.NaN),
        'heap, last : first': (last?.heapBytes ?? Number.NaN) / (first?.heapBytes ?? Number.NaN),
      },
      tables: [
        {
          title: 'One process after many messages',
          note: '"of S" is the CPU of ours in times of two bare SDK calls by a process that did little, measured in turn: the machine may change meanwhile. Heap after a garbage collection.',
          columns: ['messages', 'CPU µs per message', 'of S', 'heap, MiB'],
          rows: seen.map(({ at, us, ratio, heapBytes }) => [
            at.toLocaleString('en'),
            figure(us),
            times(ratio),
            figure(heapBytes / 2 ** 20),
          ]),
        },
      ],
    };
  } finally {
    await stage.close();
  }
};
