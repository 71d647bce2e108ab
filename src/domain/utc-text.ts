import type { StoreTime } from './time.ts';

const msPerDay = 86_400_000;

/**
 * `time` in UTC as `YYYY-MM-DD HH:MM:SS.ffffff`, which is how the error of an active lock has it. The last three digits are zeros: the store's clock shows no microseconds.
 *
 * @throws RangeError before 1970 or after the year 9999, where the text would lose its shape.
 */
export function utcText(time: StoreTime): string {
  if (!(time >= 0 && time < 253_402_300_800_000)) throw new RangeError(`No UTC text for the store time ${time}.`);
  const day = Math.floor(time / msPerDay);
  const ms = Math.floor(time) % msPerDay;
  const clock = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, Math.floor(ms / 1000) % 60];
  return `${civilDate(day)} ${clock.map((part) => pad(part, 2)).join(':')}.${pad(ms % 1000, 3)}000`;
}

/** `time` in UTC as RFC 3339 has it, with milliseconds: the format of every time in the API and the log. */
export const rfc3339 = (time: StoreTime): string => `${utcText(time).replace(' ', 'T').slice(0, -'000'.length)}Z`;

/**
 * The proleptic Gregorian date of a day counted from 1970-01-01, without a clock or a time zone.
 * Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
 */
function civilDate(daysSinceEpoch: number): string {
  const fromMarchOfYear0 = daysSinceEpoch + 719_468;
  const era = Math.floor(fromMarchOfYear0 / 146_097);
  const dayOfEra = fromMarchOfYear0 - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}

const pad = (value: number, digits: number): string => String(value).padStart(digits, '0');
