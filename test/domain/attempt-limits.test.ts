import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exhaustion, mostCrashes } from '../../src/domain/attempt-limits.ts';
import { decide } from '../../src/domain/lock-policy.ts';
import {
  checkpointed,
  created,
  failed,
  type LockContent,
  type ObservedLock,
  released,
  releasedAfterFailure,
  takenOver,
} from '../../src/domain/lock-record.ts';
import { seconds, storeTime } from '../../src/domain/time.ts';
import { claims, lockRecords, ownerships, storeTimes } from '../support/arbitraries.ts';
import { asFirstWrite, claim, first } from '../support/order-claim.ts';

const record = asFirstWrite(created(claim, first));
/** The record after its owner ended, long enough ago for the next one. */
const seen = (content: LockContent): ObservedLock => ({
  record: asFirstWrite(content),
  writtenAt: storeTime(0),
  observedAt: storeTime(3_600_000),
});

describe('exhaustion', () => {
  it('is none for the first attempt', () => expect(exhaustion(record, 1)).toBeUndefined());

  it('is none for the last attempt that is permitted', () =>
    expect(exhaustion({ ...record, attempt: 10 }, 10)).toBeUndefined());

  it('tells the last error in the attempt after it', () =>
    expect(exhaustion({ ...record, attempt: 11, lastError: 'Error: no' }, 10)).toBe(
      'All 10 attempts are used up. The last error: Error: no',
    ));

  it('says so if none of the attempts recorded an error', () =>
    expect(exhaustion({ ...record, attempt: 11 }, 10)).toBe(
      'All 10 attempts are used up. The last error: none was recorded',
    ));

  it('is none after four crashes in a row', () => expect(exhaustion({ ...record, crashes: 4 }, 10)).toBeUndefined());

  it('names the crashes after five in a row', () => {
    expect(mostCrashes).toBe(5);
    expect(exhaustion({ ...record, crashes: 5, attempt: 6 }, 10)).toBe(
      '5 executions in a row ended without a last word and without a finished step. It is not tried again.',
    );
  });

  it('names the crashes also where the attempts are used up with them', () =>
    expect(exhaustion({ ...record, crashes: 5, attempt: 6 }, 5)).toMatch(/^5 executions in a row/));
});

describe('the attempts of a message', () => {
  const finished = { name: 'charge', status: 'finished', result: null } as const;
  const started = { name: 'ship', status: 'started', result: null } as const;
  /** What an owner does before it ends, and its last word. */
  const deeds = {
    nothing: (content: LockContent) => content,
    'begins a step': (content: LockContent) => checkpointed(content, [...content.steps, started], false),
    'finishes a step': (content: LockContent) => checkpointed(content, [...content.steps, finished], true),
  };
  const lastWords = {
    none: (content: LockContent) => content,
    released: (content: LockContent) => released(content),
    'released after a failure': (content: LockContent) => releasedAfterFailure(content, 'Error: no', seconds(1)),
  };
  const attempts = fc.record({
    deed: fc.constantFrom('nothing', 'begins a step', 'finishes a step'),
    // Most of them crash: else five in a row are rare.
    lastWord: fc.constantFrom('none', 'none', 'none', 'none', 'released', 'released after a failure'),
  });

  it('end when they are used up, or five in a row crashed without a finished step, and no sooner', () =>
    fc.assert(
      fc.property(fc.array(attempts, { maxLength: 14 }), fc.integer({ min: 1, max: 12 }), (history, maxAttempts) => {
        let current = record;
        let crashes = 0;
        for (const [index, { deed, lastWord }] of history.entries()) {
          const isOver = crashes >= 5 || index + 1 > maxAttempts;
          expect(exhaustion(current, maxAttempts) !== undefined).toBe(isOver);
          const ended = lastWords[lastWord](deeds[deed](current));
          current = asFirstWrite(takenOver(seen(ended), claim, first));
          const before = deed === 'finishes a step' ? 0 : crashes;
          crashes = lastWord === 'none' ? before + 1 : 0;
        }
      }),
      { numRuns: 300 },
    ));

  it('are counted anew for a message that is sent or moved back after it failed for good', () =>
    fc.assert(
      fc.property(lockRecords, claims, ownerships, storeTimes, (of, next, nextOwnership, at) => {
        const observed = { record: asFirstWrite(failed(of, 'no')), writtenAt: at, observedAt: at };
        fc.pre(decide(observed, next).kind === 'takeover');
        const again = asFirstWrite(takenOver(observed, next, nextOwnership));
        expect(again).toMatchObject({ attempt: 1, failures: 0, crashes: 0, steps: of.steps });
        expect(exhaustion(again, 1)).toBeUndefined();
      }),
    ));
});
