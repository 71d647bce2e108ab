import { type DurationMs, durationMs } from '../../domain/time.ts';

/**
 * `text` as a length of time; undefined if it is not one. Weeks, days, hours, minutes and seconds, as in `PT30S` or `P7D`.
 * Years and months have no fixed length and are refused. Source: ISO 8601-1:2019, 5.5.2, duration.
 */
export function parseDuration(text: string): DurationMs | undefined {
  const parts = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,3})?)S)?)?$/.exec(text);
  if (parts === null || text === 'P') return undefined;
  const [weeks, days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0));
  const total = ((((weeks ?? 0) * 7 + (days ?? 0)) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0);
  return durationMs(Math.round(total * 1000));
}

/** A length of time as `parseDuration` reads it, as short as it can be written: `PT1M45S`. */
export function durationText(duration: number): string {
  const [days, hours, minutes] = [
    Math.floor(duration / 86_400_000),
    Math.floor(duration / 3_600_000) % 24,
    Math.floor(duration / 60_000) % 60,
  ];
  const seconds = (duration % 60_000) / 1000;
  const time = [hours && `${hours}H`, minutes && `${minutes}M`, seconds && `${seconds}S`].filter(Boolean).join('');
  if (days === 0 && time === '') return 'PT0S';
  return `P${days > 0 ? `${days}D` : ''}${time === '' ? '' : `T${time}`}`;
}
