import { figure, type Table } from '../report/table.ts';

export interface Profiled {
  readonly label: string;
  /** Parts of the busy time, by category. */
  readonly shares: ReadonlyMap<string, number>;
  /** Per message, without a profiler. */
  readonly cpuUs: number;
}

const smallestShown = 0.005;

/** Who spends what on a message, the dearest category of the first one on top. */
export function profileTable(title: string, note: string, found: readonly Profiled[]): Table {
  const share = ({ shares }: Profiled, category: string) => shares.get(category) ?? 0;
  const [first] = found;
  const categories = new Set(found.flatMap(({ shares }) => [...shares.keys()]));
  const rows = [...categories]
    .filter((category) => found.some((each) => share(each, category) > smallestShown))
    .sort((one, other) => (first === undefined ? 0 : share(first, other) - share(first, one)))
    .map((category) => [
      category,
      ...found.map(
        (each) => `${figure(share(each, category) * 100)} % (${figure(share(each, category) * each.cpuUs)})`,
      ),
    ]);
  return {
    title,
    note: `Self time by where the function stands, in parts of the busy time; in brackets µs per message, of the CPU without profiler. ${note}`,
    columns: ['', ...found.map(({ label }) => label)],
    rows: [...rows, ['all', ...found.map(({ cpuUs }) => `(${figure(cpuUs)})`)]],
  };
}
