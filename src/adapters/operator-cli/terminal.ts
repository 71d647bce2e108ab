import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';

type Output = NodeJS.WritableStream & { readonly isTTY?: boolean };

export interface TerminalOptions {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
  /** One JSON object a line on the standard output, in the place of tables. */
  readonly isJson: boolean;
}

/** `1 lock`, `2 locks`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** A column of a table: its title, and what is shown of a row. */
export type Columns<Row> = readonly (readonly [title: string, cell: (row: Row) => string])[];

/** What a person, or a program, sees of a command: data on the standard output, everything else on the standard error. */
export class Terminal {
  readonly isJson: boolean;
  /** Whether somebody is there to answer a question. */
  readonly isInteractive: boolean;
  readonly #options: TerminalOptions;
  #widths: readonly number[] | undefined;
  #progress = '';

  constructor(options: TerminalOptions) {
    this.#options = options;
    this.isJson = options.isJson;
    this.isInteractive = options.stdin.isTTY === true && options.stderr.isTTY === true;
  }

  /** Rows of a table, as wide as the first ones need it; or each as a JSON object. */
  async rows<Row extends object>(rows: readonly Row[], columns: Columns<Row>): Promise<void> {
    if (rows.length === 0) return;
    if (this.isJson) return this.#write(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const cells = rows.map((row) => columns.map(([, cell]) => visible(cell(row))));
    let text = '';
    if (this.#widths === undefined) {
      this.#widths = columns.map(([title], at) =>
        cells.reduce((widest, row) => Math.max(widest, (row[at] ?? '').length), title.length),
      );
      text = this.#bold(this.#line(columns.map(([title]) => title)));
    }
    await this.#write(text + cells.map((row) => this.#line(row)).join(''));
  }

  /** One thing, as lines for people or as one JSON object. */
  async one(value: object, lines: readonly string[]): Promise<void> {
    await this.#write(this.isJson ? `${JSON.stringify(value)}\n` : lines.map((line) => `${line}\n`).join(''));
  }

  /** A sentence beside the data. */
  note(sentence: string): void {
    this.#endProgress();
    this.#options.stderr.write(`${sentence}\n`);
  }

  /** How far something is. On a terminal it replaces what was said before; elsewhere it is not said. */
  progress(text: string): void {
    if (this.#options.stderr.isTTY !== true) return;
    this.#options.stderr.write(`\r${text.padEnd(this.#progress.length)}`);
    this.#progress = text;
  }

  /** Whether the answer is yes. Nobody there is a no. */
  async asks(question: string): Promise<boolean> {
    if (!this.isInteractive) return false;
    this.#endProgress();
    const { stdin, stderr } = this.#options;
    const lines = createInterface({ input: stdin, output: stderr });
    try {
      return /^y(?:es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
    } finally {
      lines.close();
    }
  }

  #endProgress(): void {
    if (this.#progress !== '') this.#options.stderr.write('\n');
    this.#progress = '';
  }

  #line(cells: readonly string[]): string {
    const padded = cells.map((cell, at) => cell.padEnd(this.#widths?.[at] ?? 0));
    return `${padded.join('  ').trimEnd()}\n`;
  }

  #bold = (text: string): string => styleText('bold', text, { stream: this.#options.stdout });

  /** Resolves once there is room for more: a listing of a million locks does not pile up before a slow reader. */
  async #write(text: string): Promise<void> {
    const { stdout } = this.#options;
    if (!stdout.write(text)) await new Promise((resolve) => stdout.once('drain', resolve));
  }
}

/** `text` with everything escaped that a terminal would obey or hide: IDs and errors are whatever somebody sent. */
export const visible = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);

/** A length of time for people: its largest unit. */
export function roughly(ms: number): string {
  const units = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
  ] as const;
  const [size, unit] = units.find(([least]) => ms >= 2 * least) ?? [1000, 's'];
  return `${Math.round(ms / size)} ${unit}`;
}
