import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprint } from '../../src/domain/fingerprint.ts';
import { decide } from '../../src/domain/lock-policy.ts';
import { type Claim, created, type LockRecord, type ObservedLock } from '../../src/domain/lock-record.ts';
import type { MessageId } from '../../src/domain/message-id.ts';
import { ownerId, writeId } from '../../src/domain/owner.ts';
import type { Step } from '../../src/domain/step.ts';
import { seconds, storeTime } from '../../src/domain/time.ts';
import { graceOf } from '../../src/domain/ttl.ts';
import { claims, observedLocks } from '../support/arbitraries.ts';

const claim: Claim = {
  messageId: 'order-1' as MessageId,
  fingerprint: fingerprint('jcs1:aa'),
  physical: { sequenceNumber: '1', enqueuedTime: '2024-02-19T00:24:11.314Z' },
};
/** The same message, sent again or moved back out of the dead-letter queue. */
const redriven: Claim = { ...claim, physical: { sequenceNumber: '2', enqueuedTime: '2024-02-20T10:00:00.000Z' } };
const withOtherContent = (of: Claim): Claim => ({ ...of, fingerprint: fingerprint('jcs1:bb') });
const withOtherPrefix = (of: Claim): Claim => ({ ...of, fingerprint: fingerprint('jcs9:aa') });

const ttl = seconds(30);
const grace = seconds(5);
const owner = ownerId('owner-a');
const held: LockRecord = { ...created(claim, { owner, host: 'host-1', ttlMs: ttl }), writeId: writeId(owner, 1) };
const released: LockRecord = {
  ...held,
  state: 'released',
  failures: 1,
  retryAfterMs: seconds(2),
  lastError: 'Error: no',
};
const completed: LockRecord = { ...held, state: 'completed', result: '"paid"' };
const failed: LockRecord = { ...held, state: 'failed', lastError: 'CardRefused: no funds' };
const stepOf = (status: Step['status']): readonly Step[] => [{ name: 'charge', status, result: null }];

const writtenAt = storeTime(Date.UTC(2024, 1, 19, 0, 24, 11));
const seen = (record: LockRecord, ageMs: number): ObservedLock => ({
  record,
  writtenAt,
  observedAt: storeTime(writtenAt + ageMs),
});

describe('decide', () => {
  it('creates the lock where there is none', () => expect(decide(undefined, claim)).toEqual({ kind: 'create' }));

  describe('about a held lock', () => {
    const active = { kind: 'reject', until: storeTime(writtenAt + ttl) };
    const free = { kind: 'takeover', cause: 'expired', waitMs: 0 };

    it('rejects while its owner is at work, until the end of the ttl', () =>
      expect(decide(seen(held, 1000), claim)).toEqual(active));
    it('rejects at the end of the ttl, since the grace is still to come', () =>
      expect(decide(seen(held, ttl), claim)).toEqual(active));
    it('rejects exactly at ttl + grace', () => expect(decide(seen(held, ttl + grace), claim)).toEqual(active));
    it('takes it over one second later', () => expect(decide(seen(held, ttl + grace + 1000), claim)).toEqual(free));
    it('rejects if the store says that it was written in the future', () =>
      expect(decide(seen(held, -3_600_000), claim)).toEqual(active));
    it('goes by the ttl and the grace of the stored lock, not by its own', () => {
      const short = { ...held, ttlMs: seconds(6) };
      expect(decide(seen(short, 7000), claim)).toEqual({ kind: 'reject', until: storeTime(writtenAt + 6000) });
      expect(decide(seen(short, 8000), claim)).toEqual(free);
    });
    it('rejects a redelivery of the message it is held for too: that is another execution', () =>
      expect(decide(seen({ ...held, physical: claim.physical }, 0), claim)).toEqual(active));
    it('rejects a new physical message of its ID just so', () =>
      expect(decide(seen(held, 0), redriven)).toEqual(active));
  });

  describe('about a released lock', () => {
    it('takes it over when its retry is due', () =>
      expect(decide(seen(released, 500), claim)).toEqual({ kind: 'takeover', cause: 'released', waitMs: 1500 }));
    it('takes it over at once after that', () => {
      const atOnce = { kind: 'takeover', cause: 'released', waitMs: 0 };
      expect(decide(seen(released, 2000), claim)).toEqual(atOnce);
      expect(decide(seen(released, 60_000), claim)).toEqual(atOnce);
    });
    it('waits no longer than the whole time if the store says that it was written in the future', () =>
      expect(decide(seen(released, -60_000), claim)).toEqual({ kind: 'takeover', cause: 'released', waitMs: 2000 }));
  });

  describe('about a completed lock', () => {
    it('skips, however old it is', () => {
      expect(decide(seen(completed, 0), claim)).toEqual({ kind: 'skip' });
      expect(decide(seen(completed, 8 * 86_400_000), claim)).toEqual({ kind: 'skip' });
    });
    it('skips a message that was sent again', () =>
      expect(decide(seen(completed, 0), redriven)).toEqual({ kind: 'skip' }));
  });

  describe('about a failed lock', () => {
    const takeover = { kind: 'takeover', cause: 'redriven', waitMs: 0 };

    it('refuses a redelivery of the physical message that failed, with the stored error', () => {
      expect(decide(seen(failed, 60_000), claim)).toEqual({ kind: 'refuse', lastError: 'CardRefused: no funds' });
      expect(decide(seen({ ...failed, lastError: null }, 0), claim)).toEqual({ kind: 'refuse', lastError: null });
    });
    it('takes over for a new physical message of the same content', () =>
      expect(decide(seen(failed, 0), redriven)).toEqual(takeover));
    it('takes over for a new physical message of the same content also after steps, which it resumes from', () =>
      expect(decide(seen({ ...failed, steps: stepOf('started') }, 0), redriven)).toEqual(takeover));
    it('takes over for a corrected message, if no step was started', () =>
      expect(decide(seen(failed, 0), withOtherContent(redriven))).toEqual(takeover));
    it.each(['started', 'finished', 'not-done'] as const)(
      'finds a mismatch in a corrected message, if a step was begun, however it ended: %s',
      (status) =>
        expect(decide(seen({ ...failed, steps: stepOf(status) }, 0), withOtherContent(redriven))).toEqual({
          kind: 'mismatch',
        }),
    );
    it('finds a mismatch in the same physical message with other content', () =>
      expect(decide(seen(failed, 0), withOtherContent(claim))).toEqual({ kind: 'mismatch' }));
    it.each([
      ['sequence number', { ...claim.physical, sequenceNumber: '2' }],
      ['enqueued time', { ...claim.physical, enqueuedTime: '2024-02-20T10:00:00.000Z' }],
    ])('knows a new physical message by its %s alone', (_, physical) =>
      expect(decide(seen(failed, 0), { ...claim, physical })).toEqual(takeover),
    );
  });

  describe('about other content', () => {
    it.each([
      ['held and active', seen(held, 0)],
      ['held and expired', seen(held, 60_000)],
      ['released', seen(released, 60_000)],
      ['completed', seen(completed, 0)],
      ['failed', seen(failed, 0)],
    ])('finds a mismatch before all else where the lock is %s', (_, observed) =>
      expect(decide(observed, withOtherContent(claim))).toEqual({ kind: 'mismatch' }),
    );
    it.each([held, released, completed])('finds it in a new physical message too: $state', (record) =>
      expect(decide(seen(record, 60_000), withOtherContent(redriven))).toEqual({ kind: 'mismatch' }),
    );
    it('finds none in a fingerprint of an unknown kind: the lock is judged as if it were the same', () => {
      expect(decide(seen(held, 0), withOtherPrefix(claim)).kind).toBe('reject');
      expect(decide(seen(held, 60_000), withOtherPrefix(claim)).kind).toBe('takeover');
      expect(decide(seen(completed, 0), withOtherPrefix(claim)).kind).toBe('skip');
      expect(decide(seen(failed, 0), withOtherPrefix(claim)).kind).toBe('refuse');
      expect(decide(seen({ ...failed, steps: stepOf('started') }, 0), withOtherPrefix(redriven)).kind).toBe('takeover');
    });
    it('finds none where the stored fingerprint is of an unknown kind', () =>
      expect(decide(seen({ ...completed, fingerprint: fingerprint('jcs9:aa') }, 0), claim)).toEqual({ kind: 'skip' }));
  });

  it('decides about every record at every age, and creates none over it', () =>
    fc.assert(
      fc.property(observedLocks, claims, (observed, of) => {
        expect(['takeover', 'reject', 'skip', 'refuse', 'mismatch']).toContain(decide(observed, of).kind);
      }),
      { numRuns: 300 },
    ));

  it('lets no claim become the owner of completed work, or of a lock that its owner may still work under', () =>
    fc.assert(
      fc.property(observedLocks, claims, (observed, of) => {
        const { record, observedAt } = observed;
        const mayBeAtWork =
          record.state === 'held' && observedAt - observed.writtenAt <= record.ttlMs + graceOf(record.ttlMs);
        fc.pre(mayBeAtWork || record.state === 'completed');
        expect(decide(observed, of).kind).not.toBe('takeover');
      }),
      { numRuns: 200 },
    ));

  it('frees every held lock and every released one in the end, for a claim of the same content', () =>
    fc.assert(
      fc.property(observedLocks, claims, ({ record, writtenAt: at }, of) => {
        fc.pre(record.state === 'held' || record.state === 'released');
        const later = storeTime(at + Math.max(record.ttlMs + 6000, record.retryAfterMs));
        const same = { ...of, fingerprint: record.fingerprint };
        expect(decide({ record, writtenAt: at, observedAt: later }, same)).toMatchObject({
          kind: 'takeover',
          waitMs: 0,
        });
      }),
      { numRuns: 200 },
    ));

  it('decides alike whatever the time is: only the difference of the two times of the store counts', () =>
    fc.assert(
      fc.property(observedLocks, claims, fc.integer({ min: -(2 ** 40), max: 2 ** 40 }), (observed, of, shift) => {
        const shifted = {
          ...observed,
          writtenAt: storeTime(observed.writtenAt + shift),
          observedAt: storeTime(observed.observedAt + shift),
        };
        const decision = decide(observed, of);
        const expected = decision.kind === 'reject' ? { ...decision, until: decision.until + shift } : decision;
        expect(decide(shifted, of)).toEqual(expected);
      }),
      { numRuns: 200 },
    ));

  it('waits before a takeover never longer than the released lock asks for', () =>
    fc.assert(
      fc.property(observedLocks, claims, (observed, of) => {
        const decision = decide(observed, of);
        fc.pre(decision.kind === 'takeover');
        expect(decision.waitMs).toBeGreaterThanOrEqual(0);
        expect(decision.waitMs).toBeLessThanOrEqual(
          observed.record.state === 'released' ? observed.record.retryAfterMs : 0,
        );
      }),
      { numRuns: 200 },
    ));
});
