import { describe, expect, it } from 'vitest';
import { LoggedLockEvents } from '../../../src/adapters/telemetry/logged-lock-events.ts';
import type { LockEvent, LockEventBody } from '../../../src/application/ports/lock-events.ts';
import { ownerId } from '../../../src/domain/owner.ts';
import { durationMs, storeTime } from '../../../src/domain/time.ts';
import { lockOf, messageId } from '../../support/lock-records.ts';

const owner = ownerId('owner-2');
const previousOwner = ownerId('owner-1');
const writtenAt = storeTime(Date.UTC(2024, 1, 19, 0, 24, 11));
const observedAt = storeTime(Date.UTC(2024, 1, 19, 0, 24, 41));

type Told = readonly [LockEventBody, level: 'info' | 'warn' | 'error', sentence: string];

/** Every kind of event there is, with what is told of it. */
const told: { readonly [Kind in LockEvent['kind']]: Told & readonly [{ readonly kind: Kind }, ...unknown[]] } = {
  created: [{ kind: 'created', owner, attempt: 1, writtenAt }, 'info', 'lock lock-m-1.lock created, the work starts.'],
  'taken-over': [
    { kind: 'taken-over', owner, attempt: 2, cause: 'expired', previousOwner, writtenAt, observedAt },
    'info',
    'lock taken over (expired), attempt 2 starts.',
  ],
  rejected: [
    { kind: 'rejected', until: observedAt, observedAt, activeOwner: previousOwner },
    'info',
    'the lock is active until 2024-02-19T00:24:41.000Z, not processed by this delivery.',
  ],
  'store-trouble': [
    { kind: 'store-trouble', cause: 'Error: 503', waitMs: durationMs(45_000) },
    'warn',
    'the lock store is unavailable; retrying for up to 45000 ms: Error: 503',
  ],
  skipped: [
    { kind: 'skipped', completedBy: previousOwner, completedAt: writtenAt },
    'info',
    'already completed, this duplicate is skipped.',
  ],
  refused: [{ kind: 'refused', lastError: 'Error: no' }, 'warn', 'failed for good before, not tried again.'],
  mismatch: [
    { kind: 'mismatch', state: 'completed' },
    'warn',
    'the ID belongs to a message with other content, not processed.',
  ],
  'not-compared': [
    { kind: 'not-compared', stored: 'x:1', claimed: 'jcs1:1' },
    'warn',
    "the content could not be compared, the lock's fingerprint is of a kind unknown here.",
  ],
  'ambiguous-resolved': [
    { kind: 'ambiguous-resolved', owner, write: 'owner-2:1', isOurs: true },
    'info',
    'an unclear answer of the store was resolved, the lock is ours.',
  ],
  completed: [
    { kind: 'completed', owner, attempt: 1, isKept: true },
    'info',
    'completed, the lock is kept as completed.',
  ],
  released: [
    { kind: 'released', owner, attempt: 1, lastError: 'Error: no', retryAfterMs: durationMs(1000) },
    'warn',
    'attempt 1 failed, released for the next in 1000 ms: Error: no',
  ],
  failed: [
    { kind: 'failed', owner, attempt: 3, lastError: 'Error: never' },
    'error',
    'failed for good in attempt 3: Error: never',
  ],
  'not-released': [
    { kind: 'not-released', owner, lastError: 'Error: no', cause: 'Error: store' },
    'warn',
    'the attempt failed and its lock could not be released, it will expire: Error: store',
  ],
  'heartbeat-failed': [
    { kind: 'heartbeat-failed', owner, cause: 'Error: store' },
    'warn',
    'the lock could not be renewed, it is tried again: Error: store',
  ],
  lost: [
    { kind: 'lost', owner, during: 'heartbeat', how: 'to another execution' },
    'warn',
    'the lock was lost to another execution.',
  ],
  'clock-disagreement': [
    {
      kind: 'clock-disagreement',
      owner,
      previousWrittenAt: writtenAt,
      writtenAt: observedAt,
      waitMs: durationMs(2000),
    },
    'warn',
    "the store's clocks disagree, the work starts 2000 ms later.",
  ],
  'released-by-operator': [
    {
      kind: 'released-by-operator',
      owner,
      previousOwner,
      from: 'expired',
      retryAfterMs: durationMs(0),
      who: 'ann',
      reason: 'host gone',
    },
    'warn',
    'the expired lock was released by ann, for the next owner in 0 ms: host gone',
  ],
  'answered-by-operator': [
    {
      kind: 'answered-by-operator',
      owner,
      step: 'ship',
      position: 1,
      answer: 'not-done',
      who: 'ann',
      reason: 'asked the carrier',
    },
    'warn',
    'step ship is not done, says ann: asked the carrier',
  ],
  redriven: [
    { kind: 'redriven', sequenceNumber: '7', verdict: 'interrupted', who: 'ann', reason: 'fixed' },
    'info',
    'dead letter 7 (interrupted) was put back on its queue by ann: fixed',
  ],
  'dead-letter-completed': [
    { kind: 'dead-letter-completed', sequenceNumber: '7', verdict: 'already-done', who: 'ann', reason: 'done' },
    'info',
    'dead letter 7 (already-done) was removed by ann: done',
  ],
  swept: [
    { kind: 'swept', state: 'completed', writtenAt, observedAt },
    'info',
    'the completed lock is past its retention, deleted.',
  ],
  'step-done': [{ kind: 'step-done', owner, step: 'charge', position: 0 }, 'info', 'step charge done.'],
  'step-replayed': [
    { kind: 'step-replayed', owner, step: 'charge', position: 0 },
    'info',
    'step charge was done before, its result is replayed.',
  ],
};

function lineFor(event: LockEventBody): unknown {
  const lines: unknown[] = [];
  const events = new LoggedLockEvents((level, message, facts) => lines.push({ ...facts, level, message }));
  events.emit({ messageId: messageId('m-1'), lock: lockOf('m-1'), ...event });
  expect(lines).toHaveLength(1);
  return lines[0];
}

describe('A lock event', () => {
  it.each(Object.values(told))('is one line of the log: $kind', (event, level, sentence) => {
    expect(lineFor(event)).toMatchObject({
      level,
      message: `Message m-1: ${sentence}`,
      event: event.kind,
      messageId: 'm-1',
      lock: 'queue/lock-m-1.lock',
    });
  });

  it('keeps every fact, and shows the times of the store in UTC', () => {
    const [event] = told['clock-disagreement'];
    expect(lineFor(event)).toEqual({
      level: 'warn',
      message: expect.any(String),
      event: 'clock-disagreement',
      messageId: 'm-1',
      lock: 'queue/lock-m-1.lock',
      owner: 'owner-2',
      previousWrittenAt: '2024-02-19T00:24:11.000Z',
      writtenAt: '2024-02-19T00:24:41.000Z',
      waitMs: 2000,
    });
    for (const name of ['until', 'observedAt'])
      expect(lineFor(told.rejected[0])).toMatchObject({ [name]: '2024-02-19T00:24:41.000Z' });
    expect(lineFor(told.skipped[0])).toMatchObject({ completedAt: '2024-02-19T00:24:11.000Z' });
  });

  it.each<[LockEventBody, string]>([
    [{ kind: 'completed', owner, attempt: 1, isKept: false }, 'completed, the lock is deleted.'],
    [{ kind: 'ambiguous-resolved', owner, write: 'w:1', isOurs: false }, 'was resolved, the lock is not ours.'],
    [
      { kind: 'released', owner, attempt: 1, lastError: null, retryAfterMs: durationMs(0) },
      'attempt 1 given up, released for the next at once.',
    ],
    [{ kind: 'lost', owner, during: 'heartbeat', how: 'since it could not be renewed in time' }, 'lost since it could'],
  ])('says which way it went: %j', (event, words) => {
    expect(lineFor(event)).toMatchObject({ message: expect.stringContaining(words) });
  });
});
