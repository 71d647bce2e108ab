import type { DurationMs } from '../../domain/time.ts';

/**
 * A timer's schedule that comes once in `interval`: whole minutes of an hour, or whole hours of a day, at least a minute and at
 * most a day. What does not go into that is rounded down. Source: Microsoft, "Timer trigger for Azure Functions", NCRONTAB.
 */
export function everyInterval(interval: DurationMs): string {
  const minutes = Math.max(1, Math.floor(interval / 60_000));
  if (minutes < 60) return `0 */${minutes} * * * *`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `0 0 */${hours} * * *` : '0 0 0 * * *';
}
