import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type DeadLetter,
  type EndedLock,
  isVerdict,
  mayBeRedriven,
  proposedActs,
  verdictOf,
  verdicts,
} from '../../src/domain/dead-letter.ts';
import { fingerprint } from '../../src/domain/fingerprint.ts';
import { isExpired, type LockRecord, type ObservedLock } from '../../src/domain/lock-record.ts';
import { durationMs, storeTime } from '../../src/domain/time.ts';
import { fingerprints, observedLocks, storeTimes } from '../support/arbitraries.ts';
import { heldBy } from '../support/lock-records.ts';

const hour = 3_600_000;
const day = 24 * hour;
const now = storeTime(Date.UTC(2026, 10, 29));
const retention = { completedRetentionMs: durationMs(8 * day), abandonedRetentionMs: durationMs(14 * day) };
const enqueued = (agoMs: number) => new Date(now - agoMs).toISOString();

const letter: DeadLetter = {
  reason: 'MaxDeliveryCountExceeded',
  enqueuedTime: enqueued(day),
  fingerprint: fingerprint('jcs1:0'),
};
const lock = (state: LockRecord['state'], ageMs = 0): ObservedLock => ({
  record: heldBy('owner-1', { state, lastError: state === 'failed' ? 'Error: no' : null }),
  writtenAt: storeTime(now - ageMs),
  observedAt: now,
});
const otherContent = { fingerprint: fingerprint('jcs1:9') };
const expiredInQueue = { reason: 'TTLExpiredException' };

describe('A dead letter', () => {
  it.each<[string, Partial<DeadLetter>, ObservedLock | undefined, string, string]>([
    ['whose work is completed', {}, lock('completed'), 'already-done', 'complete'],
    ['whose work is completed, whatever the reason', expiredInQueue, lock('completed'), 'already-done', 'complete'],
    ['of other content than was completed', otherContent, lock('completed'), 'conflict', 'decide'],
    ['of other content than failed', otherContent, lock('failed'), 'conflict', 'decide'],
    [
      'whose content cannot be compared',
      { fingerprint: fingerprint('jcs9:0') },
      lock('completed'),
      'conflict',
      'decide',
    ],
    ['that was refused for other content', { reason: 'MessageMismatchError' }, undefined, 'conflict', 'decide'],
    ['at work now', {}, lock('held', 35_000), 'at-work', 'wait'],
    ['whose owner wrote no more', {}, lock('held', 36_000), 'interrupted', 'redrive'],
    ['whose attempt was released', {}, lock('released'), 'interrupted', 'redrive'],
    ['whose work failed for good', {}, lock('failed'), 'failed', 'fix-then-redrive'],
    ['that has no lock', {}, undefined, 'never-started', 'redrive'],
    ['that expired before anybody worked on it', expiredInQueue, undefined, 'never-started', 'redrive'],
    [
      'that has no lock, and is nearly as old as locks are kept',
      { enqueuedTime: enqueued(8 * day - hour) },
      undefined,
      'unknown',
      'decide',
    ],
    [
      'that has no lock, and is a moment younger',
      { enqueuedTime: enqueued(8 * day - hour - 1) },
      undefined,
      'never-started',
      'redrive',
    ],
    ['that has no lock, and of which nobody knows how old it is', { enqueuedTime: '' }, undefined, 'unknown', 'decide'],
    ['that somebody moved here, without a lock', { reason: 'ByHand' }, undefined, 'unknown', 'decide'],
    ['that failed, and whose lock is gone', { reason: 'MessageFailedError' }, undefined, 'unknown', 'decide'],
    ['without a reason', { reason: undefined }, undefined, 'unknown', 'decide'],
    ['that is not a message for us', { fingerprint: undefined }, undefined, 'malformed', 'export'],
    ['whose headers were too large', { reason: 'HeaderSizeExceeded' }, undefined, 'sender-fault', 'export'],
    ['without the session that it needs', { reason: 'Session ID is null.' }, undefined, 'sender-fault', 'export'],
  ])('%s', (_, changes, of, verdict, act) => {
    const found = verdictOf({ ...letter, ...changes }, of, { now, retention });
    expect([found, proposedActs[found]]).toEqual([verdict, act]);
  });

  it('is judged alike by a lock without an owner and by what a listing shows of it', () =>
    fc.assert(
      fc.property(fingerprints, observedLocks, (print, observed) => {
        const { state, fingerprint: stored } = observed.record;
        fc.pre(state !== 'held');
        const judged = (of: ObservedLock | EndedLock) =>
          verdictOf({ ...letter, fingerprint: print }, of, { now, retention });
        expect(judged({ state, fingerprint: stored })).toBe(judged(observed));
      }),
    ));

  it('without a lock is judged by the shorter of the two retentions: a missing lock may have been either', () => {
    const short = { ...retention, abandonedRetentionMs: durationMs(day) };
    expect(verdictOf(letter, undefined, { now, retention: short })).toBe('unknown');
    const deletedAtOnce = { ...retention, completedRetentionMs: durationMs(0) };
    expect(verdictOf(letter, undefined, { now, retention: deletedAtOnce })).toBe('unknown');
  });
});

describe('No verdict', () => {
  const letters: fc.Arbitrary<DeadLetter> = fc.record({
    reason: fc.constantFrom('MaxDeliveryCountExceeded', 'TTLExpiredException', 'MessageMismatchError', 'x', undefined),
    enqueuedTime: fc.oneof(
      fc.constant(''),
      storeTimes.map((time) => new Date(time).toISOString()),
    ),
    fingerprint: fc.option(fingerprints, { nil: undefined }),
  });

  it('proposes to re-drive work that is completed, or at work, or of other content', () =>
    fc.assert(
      fc.property(letters, observedLocks, storeTimes, (each, observed, time) => {
        const verdict = verdictOf(each, observed, { now: time, retention });
        const { state, fingerprint: print } = observed.record;
        const isFree = state === 'failed' || state === 'released' || (state === 'held' && isExpired(observed));
        expect(mayBeRedriven(verdict)).toBe(isFree && print === each.fingerprint);
      }),
    ));

  it('proposes to remove a message whose work is not completed', () =>
    fc.assert(
      fc.property(letters, fc.option(observedLocks, { nil: undefined }), storeTimes, (each, observed, time) => {
        const verdict = verdictOf(each, observed, { now: time, retention });
        const isDone = observed?.record.state === 'completed' && observed.record.fingerprint === each.fingerprint;
        expect(proposedActs[verdict] === 'complete').toBe(isDone);
      }),
    ));

  it('but those that say so lets a message be re-driven', () =>
    expect(verdicts.filter(mayBeRedriven)).toEqual(['interrupted', 'failed', 'never-started']));
});

describe('isVerdict', () => {
  it('knows every verdict, and no other word', () => {
    expect(verdicts.filter(isVerdict)).toEqual(verdicts);
    expect(['', 'Failed', 'redrive', 'toString'].filter(isVerdict)).toEqual([]);
  });
});
