import { type DurationMs, durationMs } from '../../domain/time.ts';

/**
 * `text` as a length of time; undefined if it is not one. Days are optional, as in `00:05:00` or `1.12:00:00`; a fraction of a
 * second is cut to milliseconds. Source: Microsoft, "Standard TimeSpan format strings", the constant format.
 */
export function parseTimeSpan(text: string): DurationMs | undefined {
  const parts = /^(?:(\d{1,8})\.)?([01]?\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,7}))?$/.exec(text);
  if (parts === null) return undefined;
  const [days, hours, minutes, seconds] = parts.slice(1, 5).map((part) => Number(part ?? 0));
  const milliseconds = Number((parts[5] ?? '').padEnd(3, '0').slice(0, 3));
  const total = (((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0);
  return durationMs(total * 1000 + milliseconds);
}
