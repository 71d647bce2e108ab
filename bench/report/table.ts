import type { Spread } from './statistics.ts';

export interface Table {
  readonly title: string;
  /** What has to be known to read it. */
  readonly note?: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A table in Markdown, its columns aligned so that a terminal shows it as well. */
export function markdown({ title, note, columns, rows }: Table): string {
  const widths = columns.map((column, place) =>
    Math.max(column.length, ...rows.map((row) => (row[place] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, place) => (place === 0 ? cell.padEnd(widths[place] ?? 0) : cell.padStart(widths[place] ?? 0))).join(' | ')} |`;
  const rule = `| ${widths.map((width, place) => (place === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [
    `## ${title}`,
    ...(note === undefined ? [] : ['', note]),
    '',
    line(columns),
    rule,
    ...rows.map(line),
    '',
  ].join('\n');
}

/** A figure with two or three significant digits, or a dash if it was not measured. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

/** The median, and in brackets the lowest and the highest round. */
export const spreadText = ({ least, median, most }: Spread, text: (value: number) => string = figure): string =>
  `${text(median)} (${text(least)}–${text(most)})`;

export const times = (value: number): string => (Number.isFinite(value) ? `${value.toFixed(2)}x` : '–');
