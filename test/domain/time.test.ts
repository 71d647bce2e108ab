import { describe, expect, it } from 'vitest';
import { after, age, durationMs, remaining, seconds, storeTime } from '../../src/domain/time.ts';

const start = storeTime(1_708_302_251_000);

describe('age', () => {
  it('is the time from the start to the end', () => expect(age(start, storeTime(start + 30_000))).toBe(30_000));

  it('is never negative, since header times are cut to whole seconds', () =>
    expect(age(start, storeTime(start - 1000))).toBe(0));
});

describe('remaining', () => {
  it('is what is left of the whole', () => expect(remaining(seconds(2), durationMs(500))).toBe(1500));

  it('is never negative', () => expect(remaining(seconds(2), seconds(3))).toBe(0));
});

describe('after', () => {
  it('is a moment that much later', () => expect(after(start, seconds(30))).toBe(1_708_302_281_000));
});

describe('seconds', () => {
  it('is a duration in milliseconds', () => expect(seconds(1.5)).toBe(1500));
});
