import { Plot } from '../growth/plot.ts';
import { median } from '../report/statistics.ts';
import { figure, times } from '../report/table.ts';
import type { Part } from './part.ts';

const latenciesMs = [0, 5];
const steps = 500;
/** Checkpoints around which ten are taken together, the first ones among them. */
const shown = [1, 50, 100, 200, 300, 500];

/** How a message's checkpoints grow, which write the whole record each time. */
export const checkpoints: Part = ({ rounds, pace, tell }) =>
  Plot.with(async ({ blobs, instance }) => {
    const messages = Math.max(1, Math.round(rounds * pace));
    const byLatency = new Map<number, readonly (readonly number[])[]>();
    await instance.call('checkpoints', steps); // warm
    for (const latencyMs of latenciesMs) {
      await blobs.call('answerAfter', latencyMs);
      const taken: (readonly number[])[] = [];
      for (let message = 0; message < messages; message += 1) {
        tell(`message ${message + 1} of ${messages} with ${steps} steps, ${latencyMs} ms`);
        taken.push(await instance.call<readonly number[]>('checkpoints', steps));
      }
      byLatency.set(latencyMs, taken);
    }
    const around = (taken: readonly number[], k: number) => {
      const from = Math.min(Math.max(0, k - 5), steps - 10);
      return median(taken.slice(from, from + 10));
    };
    const tookMs = (latencyMs: number, k: number) => (byLatency.get(latencyMs) ?? []).map((taken) => around(taken, k));
    const ofFirst = (latencyMs: number, k: number) =>
      median((byLatency.get(latencyMs) ?? []).map((taken) => around(taken, k) / around(taken, 1)));
    return {
      figures: { 'checkpoint 100 : first': ofFirst(5, 100), 'checkpoint 500 : first': ofFirst(5, 500) },
      tables: [
        {
          title: `Checkpoints of one message, ${steps} steps of about 210 bytes`,
          note: 'Milliseconds for one checkpoint: the median of ten around it; in brackets, times the first ten. The last one writes 105 KB.',
          columns: ['latency', ...shown.map((k) => `checkpoint ${k}`)],
          rows: latenciesMs.map((latencyMs) => [
            `${latencyMs} ms`,
            ...shown.map((k) => `${figure(median(tookMs(latencyMs, k)))} (${times(ofFirst(latencyMs, k))})`),
          ]),
        },
      ],
    };
  });
