import { hotNames, type Ids, intervalSeconds } from '../hot-names/simulation.ts';
import { figure } from '../report/table.ts';
import type { Part } from './part.ts';

const rates = { messagesPerSecond: 5000, requestsPerSecond: 2000, seed: 1 };
/** In seconds. */
const marks = [15, 60, 1200] as const;
const markText = (seconds: number): string => (seconds < 60 ? `${seconds} s` : `${seconds / 60} min`);
const ids: readonly Ids[] = ['order-<number>', 'UUID version 7', 'UUID version 4'];

/** What a store that parts its names into ranges, and splits those that are busy, makes of names that grow. */
export const hotNamesPart: Part = async () => {
  const rows: string[][] = [];
  const figures: Record<string, number> = {};
  for (const layout of ['flat', 'spread'] as const) {
    for (const each of ids) {
      const intervals = hotNames({ ids: each, layout, ...rates, minutes: 20 });
      const at = (seconds: number) => intervals[seconds / intervalSeconds - 1];
      const percent = (share: number) => `${figure(100 * share)} %`;
      rows.push([
        `${each}, ${layout}`,
        ...marks.map((seconds) => percent(at(seconds)?.busiestShare ?? Number.NaN)),
        String(at(1200)?.busyRanges),
        ...marks.map((seconds) => percent(at(seconds)?.answeredShare ?? Number.NaN)),
      ]);
      figures[`answered after 20 min, ${each}, ${layout}`] = at(1200)?.answeredShare ?? Number.NaN;
    }
  }
  const columns = [
    '5,000 messages/s',
    ...marks.map((seconds) => `busiest range, ${markText(seconds)}`),
    'ranges with load, 20 min',
    ...marks.map((seconds) => `answered, ${markText(seconds)}`),
  ];
  const note = `A simulation, seed ${rates.seed}: two requests a message; one range at first; every ${intervalSeconds} s a range that got more than its server answers, taken as ${rates.requestsPerSecond.toLocaleString('en')} requests/s, is split in the middle of its load. What is beyond is refused.`;
  return { figures, tables: [{ title: 'Hot names', note, columns, rows }] };
};
