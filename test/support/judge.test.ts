import { describe, expect, it } from 'vitest';
import { fencingToken } from '../../src/domain/fencing-token.ts';
import { fingerprint } from '../../src/domain/fingerprint.ts';
import type { LockRecord } from '../../src/domain/lock-record.ts';
import { ownerId, writeId } from '../../src/domain/owner.ts';
import { seconds, storeTime } from '../../src/domain/time.ts';
import { type Facts, judge, judgeBeginning, Past, type Revision } from './judge.ts';
import { heldBy, messageId } from './lock-records.ts';

const [a, b] = [ownerId('a'), ownerId('b')];
const charged = { name: 'charge', status: 'finished', result: '1' } as const;

/** What `owner` writes as its `seq`-th write, `at` seconds after the first of all. */
const write = (owner: 'a' | 'b', at: number, changes: Partial<LockRecord> = {}, seq = 1): Revision => ({
  record: heldBy(owner, {
    fencingToken: fencingToken(owner === 'a' ? 1000 : 2000),
    ...changes,
    writeId: seqOf(owner, seq),
  }),
  writtenAt: storeTime(1000 + at * 1000),
});
const seqOf = (owner: string, seq: number) => writeId(ownerId(owner), seq);

/** The judgement of a lock that was `previous`, taken over by b 100 s after a wrote, or written by a again. */
const wrongs = (previous: Revision | undefined, written: Revision, facts: Partial<Facts> = {}): readonly string[] => {
  const past = new Past();
  if (previous !== undefined) past.writes(previous);
  return [...judge(previous, written, { past, ...facts })];
};

const first = write('a', 0);
const takenOver: Partial<LockRecord> = { attempt: 2 };
const done: Partial<LockRecord> = { state: 'completed', result: '7' };
const other = { sequenceNumber: '2', enqueuedTime: '2024-02-19T00:24:12.000Z' };

describe('The judge has nothing against', () => {
  const deleted = new Past({ greatestToken: 1000, isRecreated: true });
  const cases: readonly [string, Revision | undefined, Revision, Partial<Facts>?][] = [
    ['a create', undefined, first],
    ['a create in the second in which the lock was deleted', undefined, first, { past: deleted }],
    ['a takeover of an expired lock', first, write('b', 36, takenOver)],
    [
      'a takeover of a released lock that is due',
      write('a', 0, { state: 'released', retryAfterMs: seconds(4) }),
      write('b', 4, takenOver),
    ],
    [
      'a takeover of a failed lock by another message',
      write('a', 0, { state: 'failed', attempt: 3, lastError: 'x' }),
      write('b', 1, { physical: other, fingerprint: fingerprint('jcs1:9') }),
    ],
    ['a last word that is repeated', write('a', 0, done), write('a', 1, done, 2)],
    ['a completion with what the handler returned', first, write('a', 1, done, 2), { returned: () => '7' }],
    ['a completion of which it does not know what the handler did', first, write('a', 1, done, 2)],
  ];
  it.each(cases)('%s', (_, previous, written, facts) => expect(wrongs(previous, written, facts)).toEqual([]));
});

describe('The judge tells of a write by which', () => {
  const cases: readonly [string, Revision | undefined, Revision, Partial<Facts>?][] = [
    ['b creates a lock as if it took one over', undefined, write('b', 0, takenOver)],
    ['b makes a lock released that is not its own', first, write('b', 36, { ...takenOver, state: 'released' })],
    ['b comes back', first, write('b', 36, takenOver), { past: new Past({ owners: [b] }) }],
    [
      'the token of b is 2000, but one before it was 2000',
      undefined,
      write('b', 9),
      { past: new Past({ greatestToken: 2000 }) },
    ],
    [
      'the token of b is 1000, but one before it was 1000',
      first,
      write('b', 36, { ...takenOver, fencingToken: fencingToken(1000) }),
    ],
    ['b takes over from a, which completed the work', write('a', 0, done), write('b', 36, takenOver)],
    ['b takes over from a, which wrote 35000 ms ago', first, write('b', 35, takenOver)],
    [
      'b takes over from a before the retry is due',
      write('a', 0, { state: 'released', retryAfterMs: seconds(4) }),
      write('b', 3, takenOver),
    ],
    [
      'b takes over from a before the retry is due',
      write('a', 0, { state: 'released', retryAfterMs: seconds(4) }),
      write('b', 4, takenOver),
      { now: 4999 },
    ],
    [
      'b takes over from a, though this message failed for good',
      write('a', 0, { state: 'failed', lastError: 'x' }),
      write('b', 36),
    ],
    ['b counts attempt 1, which is 2', first, write('b', 36)],
    [
      'b counts attempt 4, which is 1',
      write('a', 0, { state: 'failed', attempt: 3, lastError: 'x' }),
      write('b', 36, { physical: other, attempt: 4 }),
    ],
    [
      'b takes over from a, with other content',
      first,
      write('b', 36, { ...takenOver, fingerprint: fingerprint('jcs1:9') }),
    ],
    ['b loses the finished step charge', write('a', 0, { steps: [charged] }), write('b', 36, takenOver)],
    [
      'a loses the finished step charge',
      write('a', 0, { steps: [charged] }),
      write('a', 1, { steps: [{ ...charged, result: '2' }] }, 2),
    ],
    ['a makes a lock held that is completed', write('a', 0, done), write('a', 1, {}, 2)],
    [
      'a makes a lock released that is failed',
      write('a', 0, { state: 'failed', lastError: 'x' }),
      write('a', 1, { state: 'released' }, 2),
    ],
    ['a stores a:1 after a:1', first, write('a', 1)],
    ['a changes its token', first, write('a', 1, { fencingToken: fencingToken(1001) }, 2)],
    ['a counts attempt 2, which is 1', first, write('a', 1, takenOver, 2)],
    ['a makes it the lock of m-2', first, write('a', 1, { messageId: messageId('m-2') }, 2)],
    ['a changes the content', first, write('a', 1, { fingerprint: fingerprint('jcs1:9') }, 2)],
    [
      'a makes its lock released while it works',
      first,
      write('a', 1, { state: 'released' }, 2),
      { isWorking: (owner) => owner === a },
    ],
    ['a completes what its handler did not', first, write('a', 1, done, 2), { returned: () => undefined }],
    ['a loses what its handler returned', first, write('a', 1, done, 2), { returned: () => '8' }],
    ['a fails the message without a reason', first, write('a', 1, { state: 'failed' }, 2)],
  ];
  it.each(cases)('%s', (what, previous, written, facts) => expect(wrongs(previous, written, facts)).toEqual([what]));
});

describe('The judge of a step that begins', () => {
  const beginning = {
    owner: a,
    step: 'charge',
    fencingToken: fencingToken(1000),
    sinceLastWriteMs: 25_000,
    isFinished: false,
  };
  const said = (lock: Revision | undefined, changes: object = {}) => [
    ...judgeBeginning(lock, { ...beginning, ...changes }),
  ];

  it('has nothing against it under a lock that is held, valid and the owner’s', () => {
    expect(said(first)).toEqual([]);
    expect(said(first, { sinceLastWriteMs: 25_008, slowness: 0.0003 })).toEqual([]);
  });

  it.each<[string, Revision | undefined, object?]>([
    ['a begins charge, but nobody owns', undefined],
    ['a begins charge, but b owns', write('b', 0)],
    ['a begins charge, but its lock is released', write('a', 0, { state: 'released' })],
    ['a begins charge with another token than its lock has', first, { fencingToken: fencingToken(999) }],
    ['a begins charge 25001 ms after it sent its last write', first, { sinceLastWriteMs: 25_001 }],
    ['a begins charge, which is finished', first, { isFinished: true }],
  ])('tells that %s', (what, lock, changes) => expect(said(lock, changes)).toEqual([what]));
});
