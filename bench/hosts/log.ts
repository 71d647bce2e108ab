import { openSync, writeSync } from 'node:fs';
import { jsonLines } from '../../src/adapters/telemetry/json-lines.ts';
import type { Log } from '../../src/adapters/telemetry/log.ts';

/** The log of the hosts, written as to a file: one call of the system a line. */
export function logToNowhere(): Log {
  const nowhere = openSync('/dev/null', 'w');
  return jsonLines(
    (line) => writeSync(nowhere, `${line}\n`),
    () => new Date().toISOString(),
  );
}
