import type { Client } from './clients.ts';

/** The outcome of each operation: what was wrong, or `undefined` if it passed. */
export type Results = ReadonlyMap<string, string | undefined>;

const begin = '<!-- The table is written by `npm run interop`. -->';
const end = '<!-- End of the table. -->';

/** The text with the table in it anew: a row for each operation, a column for each client that was run. */
export function writeTable(
  text: string,
  clients: readonly Client[],
  results: ReadonlyMap<string, Results>,
  { date, idleSeconds }: { readonly date: Date; readonly idleSeconds: string },
): string {
  const columns = clients.filter(({ id }) => results.has(id));
  const operations = new Set(columns.flatMap(({ id }) => [...(results.get(id)?.keys() ?? [])]));
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const cell = (id: string, operation: string): string => {
    if (results.get(id)?.has(operation) !== true) return '–';
    return results.get(id)?.get(operation) === undefined ? 'pass' : 'FAIL';
  };
  const table = [
    row(['operation', ...columns.map(({ name }) => name)]),
    row(['---', ...columns.map(() => '---')]),
    ...[...operations].map((operation) => row([operation, ...columns.map(({ id }) => cell(id, operation))])),
    '',
    `Run on ${date.toISOString().slice(0, 10)} with Node ${process.versions.node} on ${process.platform}. Idle means ${idleSeconds} s. –: the client has no such operation, or it was not tried with it.`,
  ];
  const [before] = text.split(begin);
  const [, after] = text.split(end);
  return [before, begin, '\n\n', table.join('\n'), '\n\n', end, after].join('');
}
