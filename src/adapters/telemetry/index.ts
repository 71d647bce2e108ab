/** Lock events as lines of JSON. */
export { jsonLines, type Log, LoggedLockEvents, type LogLevel } from './json-lines.ts';
export { stdoutLog } from './stdout-log.ts';
