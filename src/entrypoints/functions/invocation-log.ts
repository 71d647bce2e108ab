import { AsyncLocalStorage } from 'node:async_hooks';
import type { InvocationContext } from '@azure/functions';
import { jsonLines } from '../../adapters/telemetry/json-lines.ts';
import { fromLevel, type Log } from '../../adapters/telemetry/log.ts';
import { stdoutLog } from '../../adapters/telemetry/stdout-log.ts';
import { logSettingsOf } from '../composition/settings/log-settings.ts';

let exported: Log = () => undefined;

/** Lets the lines from now on go to `log`, too. */
export const exportLinesTo = (log: Log): void => {
  exported = log;
};

const invocations = new AsyncLocalStorage<InvocationContext>();

/** Runs `work`, whose lines of `invocationLog` then belong to this invocation. */
export const inInvocation = <Result>(context: InvocationContext, work: () => Promise<Result>): Promise<Result> =>
  invocations.run(context, work);

/**
 * A log of one JSON object a line, through the context of the invocation at work: the host then knows whose line it is, and
 * its level. Outside of invocations it is the standard output.
 */
export const invocationLog: Log = fromLevel(logSettingsOf(process.env).level, (level, sentence, facts) => {
  exported(level, sentence, facts);
  const context = invocations.getStore();
  if (context === undefined) return stdoutLog(level, sentence, facts);
  const log = jsonLines(
    (line) => context[level](line),
    () => new Date().toISOString(),
  );
  log(level, sentence, facts);
});
