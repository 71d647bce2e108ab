import { describe, expect, it } from 'vitest';
import { InMemoryLockStore } from '../../src/adapters/in-memory/in-memory-lock-store.ts';
import { ManualClock } from '../../src/adapters/in-memory/manual-clock.ts';
import { fingerprintOf } from '../../src/adapters/system/fingerprint-of.ts';
import { LockStoreError } from '../../src/application/ports/lock-store.ts';
import { SubmissionCheck } from '../../src/application/submission-check.ts';
import { lockDocument } from '../../src/domain/lock-document.ts';
import type { LockRecord } from '../../src/domain/lock-record.ts';
import type { Message } from '../../src/domain/message.ts';
import { seconds } from '../../src/domain/time.ts';
import { delivery } from '../support/deliveries.ts';
import { heldBy, lockOf } from '../support/lock-records.ts';

const { message, key } = delivery();
const corrected: Message = { ...message, content: { kind: 'json', value: 2 } };

function checkOf(changes?: Partial<LockRecord>, read?: () => Promise<undefined>) {
  const clock = new ManualClock();
  const store = new InMemoryLockStore({ writeClock: () => clock.wallTime() });
  const record = heldBy('a', { fingerprint: fingerprintOf(message), ...changes });
  if (changes !== undefined) store.plant(lockOf(key), lockDocument(record));
  const ports = { store: read ? { ...store, read } : store, clock, lockNameOf: lockOf, fingerprintOf };
  return { clock, check: new SubmissionCheck(ports as ConstructorParameters<typeof SubmissionCheck>[0]) };
}

describe('Before a message is sent', () => {
  it.each<[string, Message, Partial<LockRecord> | undefined, object]>([
    ['nothing speaks against one that nobody knows', message, undefined, { kind: 'sendable' }],
    ['nothing speaks against one that is at work', message, {}, { kind: 'sendable' }],
    ['nothing speaks against one that is done: it is skipped', message, { state: 'completed' }, { kind: 'sendable' }],
    ['other content under its ID is told', corrected, {}, { kind: 'mismatch' }],
    [
      'that it failed for good is told',
      message,
      { state: 'failed', lastError: 'oh' },
      { kind: 'failed', lastError: 'oh' },
    ],
    [
      'a corrected one may take the place of one that failed before any step',
      corrected,
      { state: 'failed', lastError: 'oh' },
      { kind: 'sendable' },
    ],
  ])('%s', async (_, sent, record, verdict) => expect(await checkOf(record).check.run(sent, key)).toEqual(verdict));

  it('a store that does not answer is waited for no longer than a second', async () => {
    const { clock, check } = checkOf({}, () => new Promise(() => undefined));
    const verdict = check.run(corrected, key);
    await clock.advance(seconds(1));
    expect(await verdict).toEqual({ kind: 'sendable' });
    expect(clock.sleepers).toBe(0);
  });

  it('a store that refuses says nothing', async () => {
    const refuses = () => Promise.reject(new LockStoreError('down', { isTransient: true }));
    expect(await checkOf({}, refuses).check.run(corrected, key)).toEqual({ kind: 'sendable' });
  });
});
