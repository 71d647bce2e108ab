import { describe, expect, it } from 'vitest';
import { untilRenewal } from '../../../src/adapters/service-bus/peek-lock-renewal.ts';

const now = Date.UTC(2024, 0, 1);
const endsIn = (ms: number) => new Date(now + ms);

describe('A peek-lock is renewed', () => {
  it('after a third of what is left of it', () => {
    expect(untilRenewal(endsIn(30_000), now)).toBe(10_000);
    expect(untilRenewal(endsIn(5_000), now)).toBe(5_000 / 3);
  });

  it('before one of a minute has ended, if our clock is an hour slow', () => {
    expect(untilRenewal(endsIn(3_660_000), now)).toBe(15_000);
  });

  it('in time for one of 5 s, if our clock is an hour fast, and not without a pause', () => {
    expect(untilRenewal(endsIn(5_000 - 3_600_000), now)).toBe(2_000);
    expect(untilRenewal(endsIn(3), now)).toBe(100);
  });

  it('soon, if nobody says when it ends', () => {
    expect(untilRenewal(undefined, now)).toBe(2_000);
  });
});
