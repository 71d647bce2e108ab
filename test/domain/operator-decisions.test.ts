import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/domain/lock-policy.ts';
import { isExpired, type LockRecord, type ObservedLock, tokenOf } from '../../src/domain/lock-record.ts';
import type { OperatorAct } from '../../src/domain/operator-act.ts';
import {
  answeredByOperator,
  decideAnswer,
  decideRelease,
  openSteps,
  releasedByOperator,
} from '../../src/domain/operator-decisions.ts';
import { ownerId, writeId } from '../../src/domain/owner.ts';
import type { Step } from '../../src/domain/step.ts';
import { durationMs, seconds, storeTime } from '../../src/domain/time.ts';
import { graceOf } from '../../src/domain/ttl.ts';
import { observedLocks } from '../support/arbitraries.ts';
import { judge, Past } from '../support/judge.ts';
import { heldBy } from '../support/lock-records.ts';

const writtenAt = storeTime(Date.UTC(2024, 1, 19, 0, 24, 11));
const seen = (record: LockRecord, ageMs: number): ObservedLock => ({
  record,
  writtenAt,
  observedAt: storeTime(writtenAt + ageMs),
});
const held = heldBy('owner-1', { attempt: 3, failures: 1, crashes: 2 });
const released: LockRecord = { ...held, state: 'released', retryAfterMs: seconds(4), lastError: 'Error: no' };
const failed: LockRecord = { ...held, state: 'failed', lastError: 'Error: no' };
const completed: LockRecord = { ...held, state: 'completed', result: '1' };
const active = seen(held, 35_000);
const expired = seen(held, 36_000);

const operator = ownerId('operator:ann:1');
const actOf = (action: OperatorAct['action']): OperatorAct => ({
  action,
  who: 'ann',
  reason: 'the host is gone',
  at: '2024-02-19T00:25:00.000Z',
});
const by = (action: OperatorAct['action']) => ({
  ownership: { owner: operator, host: 'desk/1' },
  act: actOf(action),
});

describe('A release by hand', () => {
  const freeAt = storeTime(writtenAt + 35_000);
  it.each([
    ['an active lock is refused, and says when it is free', active, false, { kind: 'active', freeAt }],
    [
      'an active lock by force makes the next owner wait as long as the former one may be at work',
      active,
      true,
      { kind: 'release', from: 'active', retryAfterMs: 35_000 },
    ],
    ['an expired lock is at once', expired, false, { kind: 'release', from: 'expired', retryAfterMs: 0 }],
    ['a failed lock is at once', seen(failed, 0), false, { kind: 'release', from: 'failed', retryAfterMs: 0 }],
    ['a completed lock is refused, also by force', seen(completed, 0), true, { kind: 'completed' }],
    [
      'a released lock is not needed, and makes it due no sooner',
      seen(released, 1000),
      true,
      { kind: 'released', freeAt: storeTime(writtenAt + 4000) },
    ],
  ])('of %s', (_, lock, isForced, decision) => expect(decideRelease(lock, isForced)).toEqual(decision));

  const release = (lock: ObservedLock) => {
    const decision = decideRelease(lock, true);
    if (decision.kind !== 'release') throw new Error(`It is refused: ${decision.kind}`);
    return releasedByOperator(lock, decision, by('release'));
  };

  it('keeps all that the lock knows, fences the former owner off, and says who it was and why', () => {
    const { writeId: _, ...known } = held;
    expect(release(expired)).toMatchObject({
      ...known,
      state: 'released',
      owner: operator,
      host: 'desk/1',
      fencingToken: Math.max(tokenOf(expired) + 1, expired.observedAt),
      operator: actOf('release'),
      retryAfterMs: 0,
      history: [
        { owner: 'owner-1', host: 'host/1', acquiredAt: writtenAt, lastWrittenAt: writtenAt, ending: 'expired' },
      ],
    });
    expect(release(seen({ ...held, acquiredAt: writtenAt }, 36_000))).not.toHaveProperty('acquiredAt');
  });

  it.each([
    ['that may be at work, as one whom a person took the lock from', active, 'released-by-operator'],
    ['that wrote no more, as expired', expired, 'expired'],
    ['that failed, as failed', seen(failed, 0), 'failed'],
  ])('remembers an owner %s', (_, lock, ending) => {
    expect(release(lock).history).toMatchObject([{ owner: 'owner-1', ending }]);
  });

  it('counts the attempts of a failed lock from the start, and of no other', () => {
    expect(release(seen(failed, 0))).toMatchObject({ state: 'released', attempt: 0, failures: 0, crashes: 0 });
    expect(release(active)).toMatchObject({ attempt: 3, failures: 1, crashes: 2 });
  });
});

const step = (name: string, status: Step['status'], result: string | null = null): Step => ({ name, status, result });
const steps = [step('charge', 'finished', '7'), step('ship', 'started'), step('tell', 'started')];

describe('An answer by hand', () => {
  const waiting = seen({ ...held, steps }, 36_000);

  it('is for the steps that were begun and did not finish', () => {
    expect(openSteps({ steps })).toEqual([1, 2]);
    expect(decideAnswer(waiting, 1)).toEqual({ kind: 'answer' });
    expect(decideAnswer(waiting, 0)).toEqual({ kind: 'not-open', open: [1, 2] });
    expect(decideAnswer(waiting, undefined)).toEqual({ kind: 'not-open', open: [1, 2] });
  });

  it('is refused while an owner may be at work, and when the work is done', () => {
    expect(decideAnswer(seen({ ...held, steps }, 35_000), 1)).toEqual({
      kind: 'active',
      freeAt: storeTime(writtenAt + 35_000),
    });
    expect(decideAnswer(seen({ ...completed, steps }, 0), 1)).toEqual({ kind: 'completed' });
  });

  it('needs no waiting where nobody is at work', () => {
    expect(decideAnswer(seen({ ...released, steps }, 0), 1)).toEqual({ kind: 'answer' });
    expect(decideAnswer(seen({ ...failed, steps }, 0), 1)).toEqual({ kind: 'answer' });
  });

  it('finishes the step with its result, or lets it be run again', () => {
    const done = { position: 1, outcome: { kind: 'done', result: '"s-1"' } } as const;
    const written = answeredByOperator(waiting, done, by('answer'));
    expect(written).toMatchObject({ state: 'released', owner: operator, retryAfterMs: 0, operator: actOf('answer') });
    expect(written.steps).toEqual([steps[0], step('ship', 'finished', '"s-1"'), steps[2]]);
    const notDone = answeredByOperator(waiting, { position: 2, outcome: { kind: 'not-done' } }, by('answer'));
    expect(notDone.steps).toEqual([steps[0], steps[1], step('tell', 'not-done')]);
  });

  it('leaves a failed lock failed, and a released one due when it was', () => {
    const answer = { position: 1, outcome: { kind: 'not-done' } } as const;
    const ofFailed = answeredByOperator(seen({ ...failed, steps }, 9000), answer, by('answer'));
    expect(ofFailed).toMatchObject({ state: 'failed', lastError: 'Error: no', retryAfterMs: 0 });
    const ofReleased = answeredByOperator(seen({ ...released, steps }, 1000), answer, by('answer'));
    expect(ofReleased).toMatchObject({ state: 'released', retryAfterMs: 3000 });
    const byAnotherClock = answeredByOperator(seen({ ...released, steps }, -1000), answer, by('answer'));
    expect(byAnotherClock).toMatchObject({ retryAfterMs: 5000 });
  });
});

describe('For every lock that can be stored', () => {
  const past = ({ record, writtenAt: at }: ObservedLock) => {
    const known = new Past();
    known.writes({ record, writtenAt: at });
    return known;
  };
  const wrongs = (observed: ObservedLock, written: object) => {
    const record = { ...written, writeId: writeId(operator, 1) } as LockRecord;
    return [...judge(observed, { record, writtenAt: observed.observedAt }, { past: past(observed) })];
  };

  it('the judge has nothing against a release, and completed work is never released', () =>
    fc.assert(
      fc.property(observedLocks, fc.boolean(), (observed, isForced) => {
        const decision = decideRelease(observed, isForced);
        expect(decision.kind === 'completed').toBe(observed.record.state === 'completed');
        if (decision.kind !== 'release') return;
        expect(wrongs(observed, releasedByOperator(observed, decision, by('release')))).toEqual([]);
      }),
    ));

  it('the judge has nothing against an answer, and nobody at work gets one', () =>
    fc.assert(
      fc.property(observedLocks, fc.nat(3), fc.boolean(), (observed, position, isDone) => {
        const { record } = observed;
        if (decideAnswer(observed, position).kind !== 'answer') return;
        // No run comes to a failure without a reason, and the judge would blame the answer for it.
        fc.pre(record.state !== 'failed' || record.lastError !== null);
        expect(record.state === 'held' && !isExpired(observed)).toBe(false);
        const outcome = isDone ? ({ kind: 'done', result: '1' } as const) : ({ kind: 'not-done' } as const);
        expect(wrongs(observed, answeredByOperator(observed, { position, outcome }, by('answer')))).toEqual([]);
      }),
    ));

  it('the next owner of one that was released by force waits out the life of the former one', () =>
    fc.assert(
      fc.property(observedLocks, (observed) => {
        const { record } = observed;
        const decision = decideRelease(observed, true);
        if (decision.kind !== 'release' || decision.from !== 'active') return;
        const content = releasedByOperator(observed, decision, by('release'));
        const after = { record: { ...content, writeId: writeId(operator, 1) }, writtenAt: observed.observedAt };
        const claim = { ...record, messageId: record.messageId };
        expect(decide({ ...after, observedAt: observed.observedAt }, claim)).toMatchObject({
          kind: 'takeover',
          waitMs: durationMs(record.ttlMs + graceOf(record.ttlMs)),
        });
      }),
    ));
});
