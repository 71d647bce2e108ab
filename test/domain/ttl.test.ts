import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seconds } from '../../src/domain/time.ts';
import { graceOf, longestTtl, shortestTtl } from '../../src/domain/ttl.ts';
import { ttls } from '../support/arbitraries.ts';

describe('a stored ttl', () => {
  it('is 1 s to 15 min', () => {
    expect(shortestTtl).toBe(1000);
    expect(longestTtl).toBe(900_000);
  });
});

describe('graceOf', () => {
  it.each([
    [1, 1],
    [5, 1],
    [11, 1],
    [12, 2],
    [29, 4],
    [30, 5],
    [60, 5],
    [900, 5],
  ])('of a ttl of %i s is %i s', (ttl, grace) => expect(graceOf(seconds(ttl))).toBe(seconds(grace)));

  it('is of whole seconds, 1 to 5, as the times of the store are', () =>
    fc.assert(
      fc.property(ttls, (ttlMs) => {
        expect([1000, 2000, 3000, 4000, 5000]).toContain(graceOf(ttlMs));
      }),
    ));
});
