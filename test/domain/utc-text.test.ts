import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storeTime } from '../../src/domain/time.ts';
import { rfc3339, utcText } from '../../src/domain/utc-text.ts';

const msPerDay = 86_400_000;
const end = Date.UTC(10_000, 0, 1);

/** The same by another way: `2024-02-19T00:24:41.314Z` with a space, six fractional digits and no zone. */
const expected = (time: number): string => `${new Date(time).toISOString().slice(0, -1).replace('T', ' ')}000`;

describe('utcText', () => {
  it.each([
    ['1970-01-01T00:00:00.000Z', '1970-01-01 00:00:00.000000'],
    ['2024-02-19T00:24:41.314Z', '2024-02-19 00:24:41.314000'],
    ['2000-02-29T23:59:59.999Z', '2000-02-29 23:59:59.999000'],
    ['2100-02-28T23:59:59.999Z', '2100-02-28 23:59:59.999000'],
    ['2100-03-01T00:00:00.000Z', '2100-03-01 00:00:00.000000'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31 23:59:59.999000'],
  ])('writes %s as %s', (iso, text) => expect(utcText(storeTime(Date.parse(iso)))).toBe(text));

  it('names every moment from 1970 to 9999 as Date does', () =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: end - 1 }), (time) => {
        expect(utcText(storeTime(time))).toBe(expected(time));
      }),
      { numRuns: 1000 },
    ));

  it('names the last and the first moment at every turn of a month in 400 years, after which the calendar repeats', () => {
    const turns = Array.from({ length: 400 * 12 }, (_, month) => Date.UTC(1970, month + 1, 1));
    const wrong = turns
      .flatMap((turn) => [turn - 1, turn])
      .filter((time) => utcText(storeTime(time)) !== expected(time));
    expect(wrong).toEqual([]);
  });

  it('cuts what is finer than a millisecond', () =>
    expect(utcText(storeTime(msPerDay - 0.25))).toBe('1970-01-01 23:59:59.999000'));

  it.each([-1, -0.001, end, Number.NaN, Number.POSITIVE_INFINITY])('has no text for %d', (time) =>
    expect(() => utcText(storeTime(time))).toThrow(new RangeError(`No UTC text for the store time ${time}.`)),
  );
});

describe('rfc3339', () => {
  it('names the same moment with milliseconds and the zone', () =>
    expect(rfc3339(storeTime(Date.UTC(2024, 1, 19, 0, 24, 41, 314)))).toBe('2024-02-19T00:24:41.314Z'));
});
