import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../../src/adapters/environment/duration.ts';

describe('An ISO 8601 duration', () => {
  it.each([
    ['PT0S', 0],
    ['PT30S', 30_000],
    ['PT1M', 60_000],
    ['PT1H30M', 5_400_000],
    ['P8D', 691_200_000],
    ['P1DT12H', 129_600_000],
    ['P2W', 1_209_600_000],
    ['PT0.5S', 500],
  ])('%s has %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', 'P', 'PT', 'P1DT', '30', '30S', 'PT30', 'P1Y', 'P1M', 'PT-1S', 'PT1S ', 'pt1s', 'PT1.2345S', 'P1H'])(
    'is not what "%s" is',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );
});
