import { sha256Hex } from '../../src/adapters/system/sha256.ts';
import { fencingToken } from '../../src/domain/fencing-token.ts';
import { fingerprint } from '../../src/domain/fingerprint.ts';
import { type LockName, lockName } from '../../src/domain/lock-name.ts';
import type { LockRecord } from '../../src/domain/lock-record.ts';
import type { MessageId } from '../../src/domain/message-id.ts';
import { ownerId, writeId } from '../../src/domain/owner.ts';
import { durationMs, seconds } from '../../src/domain/time.ts';
import type { MessageIdentity, WorkKey } from '../../src/domain/work-key.ts';

export const messageId = (value: string): MessageId => value as MessageId;

/** The key of a plain message in the scope `queue`. */
export const keyOf = (id: string): WorkKey => ({ scope: 'queue', id: messageId(id) });

/** The name of the lock of a message, or of a plain one with this ID, in the scope `queue`. */
export const lockOf = (message: string | MessageIdentity): LockName =>
  lockName(typeof message === 'string' ? keyOf(message) : { ...message, scope: 'queue' }, () => {
    throw new Error('This ID is too long for a test.');
  });

/** The same where locks are spread over folders. */
export const spreadLockOf = (message: string | MessageIdentity): LockName =>
  lockName(typeof message === 'string' ? keyOf(message) : { ...message, scope: 'queue' }, sha256Hex, 'spread');

/** A record as the owner's first write creates it: held for 30 s. */
export const heldBy = (owner: string, changes: Partial<LockRecord> = {}): LockRecord => ({
  state: 'held',
  messageId: messageId('m-1'),
  owner: ownerId(owner),
  host: 'host/1',
  writeId: writeId(ownerId(owner), 1),
  ttlMs: seconds(30),
  fingerprint: fingerprint('jcs1:0'),
  physical: { sequenceNumber: '1', enqueuedTime: '2024-02-19T00:24:11.314Z' },
  attempt: 1,
  failures: 0,
  crashes: 0,
  retryAfterMs: durationMs(0),
  steps: [],
  result: null,
  lastError: null,
  ...changes,
});

/** A record with something in every field, and texts that lose something in careless hands. */
export const fullRecord: LockRecord = heldBy('7c9e6679-7425-40de-944b-e07fc1f90ae7', {
  state: 'completed',
  messageId: messageId('Bestellung/ä 😀\n"1"'),
  fencingToken: fencingToken(1_708_302_251_001),
  attempt: 3,
  failures: 1,
  crashes: 1,
  retryAfterMs: durationMs(4000),
  steps: [
    { name: 'charge', status: 'finished', result: '{"receipt":"é 😀","amount":1.5}' },
    { name: 'ship', status: 'finished', result: 'null' },
    { name: 'tell', status: 'finished', result: null },
  ],
  result: '[1,"two"]',
  lastError: 'Zeitüberschreitung\n\u0000',
});
