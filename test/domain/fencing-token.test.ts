import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FencingToken, fencingToken, tokenOfCreate, tokenOfTakeover } from '../../src/domain/fencing-token.ts';
import { type StoreTime, storeTime } from '../../src/domain/time.ts';
import { storeTimes } from '../support/arbitraries.ts';

const tokens = fc.maxSafeNat().map((value) => fencingToken(Math.min(value, 2 ** 52)));

describe('tokenOfCreate', () => {
  it('is the second of the write, in milliseconds', () =>
    expect(tokenOfCreate(storeTime(1_708_302_251_000))).toBe(1_708_302_251_000));

  it('is the same for a store that shows milliseconds and for one that shows seconds', () =>
    expect(tokenOfCreate(storeTime(1_708_302_251_999))).toBe(1_708_302_251_000));
});

describe('tokenOfTakeover', () => {
  it('is the second of the observation if that is greater', () =>
    expect(tokenOfTakeover(fencingToken(1_708_302_251_000), storeTime(1_708_302_290_314))).toBe(1_708_302_290_000));

  it('is the next number within a second', () =>
    expect(tokenOfTakeover(fencingToken(1_708_302_251_000), storeTime(1_708_302_251_314))).toBe(1_708_302_251_001));

  it('is greater than the one before, whatever the store says of the time', () =>
    fc.assert(
      fc.property(tokens, storeTimes, (previous, observedAt) => {
        expect(tokenOfTakeover(previous, observedAt)).toBeGreaterThan(previous);
      }),
    ));

  it('is not less than that of a create in the same second', () =>
    fc.assert(
      fc.property(tokens, storeTimes, (previous, at) => {
        expect(tokenOfTakeover(previous, at)).toBeGreaterThanOrEqual(tokenOfCreate(at));
      }),
    ));
});

describe('the tokens of one message ID', () => {
  /** What happens to a lock: taken over, or deleted and created again; each some time after the one before. */
  const histories = fc.array(
    fc.record({ isCreate: fc.boolean(), afterMs: fc.oneof(fc.constant(0), fc.nat(1500), fc.nat(60_000)) }),
    { minLength: 1, maxLength: 40 },
  );

  it('grow from each store second to the next, also across deletion and re-creation', () =>
    fc.assert(
      fc.property(storeTimes, histories, (start, history) => {
        const acquisitions = acquisitionsOf(start, history);
        for (const [index, { second, token }] of acquisitions.entries()) {
          const earlier = acquisitions.slice(0, index).filter((other) => other.second < second);
          for (const other of earlier) expect(token).toBeGreaterThan(other.token);
        }
      }),
    ));

  it('are refused by a fenced effect only within the second of an earlier acquisition, and accepted again a second later', () =>
    fc.assert(
      fc.property(storeTimes, histories, (start, history) => {
        const acquisitions = acquisitionsOf(start, history);
        let greatest = -1;
        for (const [index, { second, token }] of acquisitions.entries()) {
          const isRefused = token <= greatest;
          if (isRefused) expect(acquisitions.slice(0, index).map((other) => other.second)).toContain(second);
          greatest = Math.max(greatest, token);
          expect(tokenOfTakeover(token, storeTime((second + 1) * 1000))).toBeGreaterThan(greatest);
        }
      }),
    ));

  it('tie where a lock is created again in the second of its first creation, and part at the next attempt', () => {
    const first = tokenOfCreate(storeTime(10_200));
    const again = tokenOfCreate(storeTime(10_800));
    expect(again).toBe(first);
    expect(tokenOfTakeover(again, storeTime(11_600))).toBeGreaterThan(first);
  });

  it('fall behind where that lock was taken over within the second, and are ahead at the attempt after it', () => {
    const takenOver = tokenOfTakeover(tokenOfCreate(storeTime(10_200)), storeTime(10_500));
    const again = tokenOfCreate(storeTime(10_800));
    expect(again).toBeLessThan(takenOver);
    expect(tokenOfTakeover(again, storeTime(11_600))).toBeGreaterThan(takenOver);
  });
});

interface Acquisition {
  readonly second: number;
  readonly token: FencingToken;
}

function acquisitionsOf(
  start: StoreTime,
  history: readonly { readonly isCreate: boolean; readonly afterMs: number }[],
): readonly Acquisition[] {
  const acquisitions: Acquisition[] = [];
  let now: number = start;
  for (const { isCreate, afterMs } of history) {
    now += afterMs;
    const previous = acquisitions.at(-1);
    const token =
      isCreate || previous === undefined
        ? tokenOfCreate(storeTime(now))
        : tokenOfTakeover(previous.token, storeTime(now));
    acquisitions.push({ second: Math.floor(now / 1000), token });
  }
  return acquisitions;
}
