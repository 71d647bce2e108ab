import { jsonLines, type Log } from './json-lines.ts';

/** The log of a process: its standard output. */
export const stdoutLog: Log = jsonLines(
  (line) => process.stdout.write(`${line}\n`),
  () => new Date().toISOString(),
);
