import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import { jsonLines } from './json-lines.ts';
import { fromLevel, type Log, type LogLevel } from './log.ts';
import { prettyLines } from './pretty-lines.ts';

export interface StreamLogOptions {
  /** Default: `pretty` on a terminal, else `json`. */
  readonly format?: 'pretty' | 'json' | undefined;
  /** What is less important is left out. Default: `info`. */
  readonly level?: LogLevel;
}

type Output = NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY'>>;

const timestamp = (): string => new Date().toISOString();

/** A log on a stream of this process. */
export function logTo(stream: Output, { format, level = 'info' }: StreamLogOptions = {}): Log {
  const write = (line: string): void => void stream.write(`${line}\n`);
  const isPretty = format === undefined ? stream.isTTY === true : format === 'pretty';
  if (!isPretty) return fromLevel(level, jsonLines(write, timestamp));
  // Without colours where NO_COLOR is set, or the stream is not a terminal. Source: Node.js, "Util", styleText.
  const paint = (part: keyof typeof styles, text: string) => styleText(styles[part], text, { stream });
  return fromLevel(level, prettyLines(write, { timestamp, paint }));
}

/** The log of a process: one JSON object a line on its standard output. */
export const stdoutLog: Log = jsonLines((line) => process.stdout.write(`${line}\n`), timestamp);

const styles = {
  time: 'dim',
  id: 'bold',
  detail: 'dim',
  debug: 'dim',
  info: 'green',
  warn: 'yellow',
  error: 'red',
} as const;
