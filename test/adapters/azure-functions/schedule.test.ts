import { describe, expect, it } from 'vitest';
import { everyInterval } from '../../../src/adapters/azure-functions/schedule.ts';
import { seconds } from '../../../src/domain/time.ts';

describe('The schedule of a timer', () => {
  it.each([
    [60, '0 */1 * * * *'],
    [600, '0 */10 * * * *'],
    [90, '0 */1 * * * *'],
    [3600, '0 0 */1 * * *'],
    [9000, '0 0 */2 * * *'],
    [86_400, '0 0 0 * * *'],
  ])('that comes once in %i s is %s', (interval, schedule) => {
    expect(everyInterval(seconds(interval))).toBe(schedule);
  });
});
