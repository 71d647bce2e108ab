const pattern = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,7})?)S)?)?$/;
const unitsMs = [86_400_000, 3_600_000, 60_000, 1_000];

/** The longest that the service can say; it stands for no limit. */
export const longestDuration = 'P10675199DT2H48M5.4775807S';

/** A duration of days and less in milliseconds, or `undefined` if the text is not one. Source: ISO 8601, 4.4.3.2. */
export function parseDuration(text: string): number | undefined {
  const parts = pattern.exec(text)?.slice(1);
  if (parts === undefined || parts.every((part) => part === undefined)) return undefined;
  return parts.reduce((sum, part, place) => sum + Number(part ?? 0) * (unitsMs[place] ?? 0), 0);
}

/** Milliseconds as a duration, such as `PT1M30S`. */
export function formatDuration(ms: number): string {
  const [days, hours, minutes, seconds] = [
    Math.floor(ms / 86_400_000),
    Math.floor(ms / 3_600_000) % 24,
    Math.floor(ms / 60_000) % 60,
    (ms % 60_000) / 1_000,
  ];
  const part = (value: number, unit: string) => (value === 0 ? '' : `${value}${unit}`);
  const time = part(hours, 'H') + part(minutes, 'M') + part(seconds, 'S');
  if (days === 0 && time === '') return 'PT0S';
  return `P${part(days, 'D')}${time === '' ? '' : `T${time}`}`;
}
