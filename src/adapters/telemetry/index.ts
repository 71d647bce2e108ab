/** Lock events as lines of JSON. */
export { jsonLines, type Log, type LogLevel } from './json-lines.ts';
export { LoggedLockEvents } from './logged-lock-events.ts';
export { stdoutLog } from './stdout-log.ts';
