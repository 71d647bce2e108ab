/** Lock events as lines of JSON, or as lines for people. */
export { jsonLines } from './json-lines.ts';
export { bothLogs, fromLevel, type Log, type LogLevel, logLevels } from './log.ts';
export { LoggedLockEvents } from './logged-lock-events.ts';
export { prettyLines } from './pretty-lines.ts';
export { logTo, type StreamLogOptions, stdoutLog } from './stdout-log.ts';
export { traceFacts } from './trace-facts.ts';
