import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fencingToken } from '../../src/domain/fencing-token.ts';
import { fingerprint } from '../../src/domain/fingerprint.ts';
import {
  acquiredAtOf,
  type Claim,
  checkpointed,
  completed,
  created,
  failed,
  identityOf,
  isExpired,
  type LockRecord,
  type ObservedLock,
  type Ownership,
  released,
  releasedAfterFailure,
  takenOver,
  tokenOf,
} from '../../src/domain/lock-record.ts';
import { ownerId } from '../../src/domain/owner.ts';
import { durationMs, seconds, storeTime } from '../../src/domain/time.ts';
import { claims, observedLocks, ownerships } from '../support/arbitraries.ts';
import { asFirstWrite, claim, first } from '../support/order-claim.ts';

const next: Ownership = { owner: ownerId('owner-b'), host: 'host-2', ttlMs: seconds(60) };
const writtenAt = storeTime(1_708_302_251_000);
const seen = (record: LockRecord, ageMs = 60_000): ObservedLock => ({
  record,
  writtenAt,
  observedAt: storeTime(writtenAt + ageMs),
});

const held = asFirstWrite(created(claim, first));
const steps: LockRecord['steps'] = [
  { name: 'charge', status: 'finished', result: '"receipt-1"' },
  { name: 'ship', status: 'started', result: null },
];

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const later = '00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01';

describe('acquiredAtOf', () => {
  it('is the time of the first write, and what every later one says', () => {
    expect(acquiredAtOf(seen(held))).toBe(writtenAt);
    expect(acquiredAtOf(seen({ ...held, acquiredAt: storeTime(1000) }))).toBe(1000);
  });
});

describe('identityOf', () => {
  it('is the message ID, and the source of an event of another producer', () => {
    expect(identityOf(held)).toEqual({ id: 'order-1' });
    expect(identityOf({ ...held, source: '/shop-a' })).toEqual({ id: 'order-1', source: '/shop-a' });
  });
});

describe('created', () => {
  it('names the source of an event of another producer', () =>
    expect(created({ ...claim, source: '/shop-a' }, first)).toEqual({ ...created(claim, first), source: '/shop-a' }));

  it('names the span that its owner works in, if there is one', () =>
    expect(created(claim, { ...first, trace: { traceparent, tracestate: 'a=b' } })).toEqual({
      ...created(claim, first),
      traceparent,
    }));

  it('is held for the first attempt, without a token, which only the answer to its write can tell', () =>
    expect(created(claim, first)).toEqual({
      state: 'held',
      messageId: 'order-1',
      owner: 'owner-a',
      host: 'host-1',
      ttlMs: 30_000,
      fingerprint: 'jcs1:aa',
      physical: { sequenceNumber: '1', enqueuedTime: '2024-02-19T00:24:11.314Z' },
      attempt: 1,
      failures: 0,
      crashes: 0,
      retryAfterMs: 0,
      steps: [],
      result: null,
      lastError: null,
    }));
});

describe('takenOver', () => {
  it('is held by the next owner, which resumes from the steps and keeps the fingerprint', () => {
    const redelivery = { ...claim, fingerprint: fingerprint('jcs9:zz') };
    expect(takenOver(seen({ ...held, steps, failures: 2, lastError: 'Error: no' }), redelivery, next)).toEqual({
      state: 'held',
      messageId: 'order-1',
      owner: 'owner-b',
      host: 'host-2',
      fencingToken: 1_708_302_311_000,
      ttlMs: 60_000,
      fingerprint: 'jcs1:aa',
      physical: claim.physical,
      attempt: 2,
      failures: 2,
      crashes: 1,
      retryAfterMs: 0,
      steps,
      result: null,
      lastError: 'Error: no',
      history: [
        { owner: 'owner-a', host: 'host-1', acquiredAt: writtenAt, lastWrittenAt: writtenAt, ending: 'expired' },
      ],
    });
  });

  it('remembers how the owner before ended, since when it had the lock, and the span that it worked in', () => {
    const acquiredAt = storeTime(writtenAt - 5000);
    const before: LockRecord = { ...held, acquiredAt, traceparent };
    const endings = (['held', 'released', 'failed'] as const).map((state) => {
      const record = takenOver(seen({ ...before, state }), claim, { ...next, trace: { traceparent: later } });
      expect(record).toMatchObject({ traceparent: later });
      expect(record).not.toHaveProperty('acquiredAt');
      expect(record.history).toMatchObject([{ owner: 'owner-a', acquiredAt, lastWrittenAt: writtenAt, traceparent }]);
      return record.history?.[0]?.ending;
    });
    expect(endings).toEqual(['expired', 'released', 'failed']);
  });

  it('keeps what a person did to the lock, and what a later version has added', () => {
    const operator = {
      action: 'release',
      who: 'ann',
      reason: 'the host is gone',
      at: '2024-02-19T00:25:00.000Z',
    } as const;
    const further = { colour: 'red' };
    expect(takenOver(seen({ ...held, operator, further }), claim, next)).toMatchObject({ operator, further });
  });

  it('remembers the last ten owners', () => {
    let record = held;
    for (let owner = 1; owner <= 12; owner += 1) {
      record = asFirstWrite(takenOver(seen(record), claim, { ...next, owner: ownerId(`owner-${owner}`) }));
    }
    const remembered = record.history?.map(({ owner }) => owner);
    expect(remembered).toEqual(Array.from({ length: 10 }, (_, index) => `owner-${index + 2}`));
  });

  it('counts a crash more for each owner in a row that wrote no last word', () =>
    expect(takenOver(seen({ ...held, crashes: 3 }), claim, next).crashes).toBe(4));

  it('counts no crashes after a release, which is a last word', () =>
    expect(takenOver(seen({ ...held, state: 'released', crashes: 3 }), claim, next).crashes).toBe(0));

  it('counts anew for a new physical message after a failure for good, and takes its fingerprint', () => {
    const failed: LockRecord = {
      ...held,
      state: 'failed',
      attempt: 10,
      failures: 7,
      crashes: 5,
      steps,
      lastError: 'no',
    };
    const redriven: Claim = {
      ...claim,
      fingerprint: fingerprint('jcs1:bb'),
      physical: { ...claim.physical, sequenceNumber: '2' },
    };
    expect(takenOver(seen(failed), redriven, next)).toMatchObject({
      attempt: 1,
      failures: 0,
      crashes: 0,
      fingerprint: 'jcs1:bb',
      physical: redriven.physical,
      steps,
      lastError: 'no',
    });
  });

  it('asks for the next retry anew, and shows no result of before', () =>
    expect(
      takenOver(seen({ ...held, state: 'released', retryAfterMs: seconds(8), result: '1' }), claim, next),
    ).toMatchObject({ retryAfterMs: 0, result: null }));

  it('has a greater token than the lock it takes over, whatever that holds and the store says of the time', () =>
    fc.assert(
      fc.property(observedLocks, claims, ownerships, (observed, of, ownership) => {
        fc.pre(tokenOf(observed) < Number.MAX_SAFE_INTEGER);
        const record = asFirstWrite(takenOver(observed, of, ownership));
        expect(tokenOf({ record, writtenAt: observed.observedAt })).toBeGreaterThan(tokenOf(observed));
      }),
      { numRuns: 250 },
    ));

  it('belongs to the new owner and to the message that is claimed, whatever was there', () =>
    fc.assert(
      fc.property(observedLocks, claims, ownerships, (observed, of, ownership) => {
        const record = takenOver(observed, of, ownership);
        expect(record).toMatchObject({ ...ownership, state: 'held', messageId: of.messageId, physical: of.physical });
        expect(record.steps).toBe(observed.record.steps);
      }),
    ));
});

describe('tokenOf', () => {
  it('is the second of the write that created the lock', () =>
    expect(tokenOf({ record: held, writtenAt: storeTime(1_708_302_251_314) })).toBe(1_708_302_251_000));

  it('is the token that a later write carries, whenever that was written', () =>
    expect(tokenOf({ record: { ...held, fencingToken: fencingToken(7) }, writtenAt })).toBe(7));
});

describe('isExpired', () => {
  it.each([
    [30, 35_000, false],
    [30, 35_001, true],
    [30, -1000, false],
    [6, 7000, false],
    [6, 8000, true],
  ])('a ttl of %i s, %i ms after the last write: %s', (ttl, ageMs, is) =>
    expect(isExpired(seen({ ...held, ttlMs: seconds(ttl) }, ageMs))).toBe(is),
  );
});

describe('completed', () => {
  it('holds the result and no error', () => {
    const record = { ...held, steps, failures: 1, lastError: 'Error: no' };
    expect(completed(record, '"receipt-1"')).toEqual({
      ...record,
      state: 'completed',
      result: '"receipt-1"',
      lastError: null,
    });
  });

  it('holds no result where the work returned nothing', () => expect(completed(held, null).result).toBeNull());
});

describe('releasedAfterFailure', () => {
  it('holds the error, one failure more and when to try again', () => {
    const record = { ...held, steps, failures: 1, lastError: 'Error: before' };
    expect(releasedAfterFailure(record, 'Error: no', durationMs(2100))).toEqual({
      ...record,
      state: 'released',
      failures: 2,
      retryAfterMs: 2100,
      lastError: 'Error: no',
    });
  });
});

describe('released', () => {
  it('may be taken over at once, and is no failure', () => {
    const record = { ...held, steps, failures: 1, crashes: 2, retryAfterMs: seconds(8), lastError: 'Error: before' };
    expect(released(record)).toEqual({ ...record, state: 'released', retryAfterMs: 0 });
  });
});

describe('failed', () => {
  it('holds the error, with what was done so far', () => {
    const record = { ...held, steps, failures: 1, lastError: 'Error: before' };
    expect(failed(record, 'CardRefused: no funds')).toEqual({
      ...record,
      state: 'failed',
      lastError: 'CardRefused: no funds',
    });
  });
});

describe('checkpointed', () => {
  it('holds the steps, and no longer the crashes before a newly finished one', () =>
    expect(checkpointed({ ...held, crashes: 3 }, steps, true)).toEqual({ ...held, steps, crashes: 0 }));

  it('keeps the crashes where no step was finished', () =>
    expect(checkpointed({ ...held, crashes: 3 }, steps, false)).toEqual({ ...held, steps, crashes: 3 }));
});

describe('a record', () => {
  it('is never changed: each transition makes another', () =>
    fc.assert(
      fc.property(observedLocks, claims, ownerships, (observed, of, ownership) => {
        const before = structuredClone(observed);
        takenOver(observed, of, ownership);
        completed(observed.record, '1');
        releasedAfterFailure(observed.record, 'Error: no', seconds(1));
        released(observed.record);
        failed(observed.record, 'Error: no');
        checkpointed(observed.record, steps, true);
        expect(observed).toEqual(before);
      }),
    ));
});
