import { describe, expect, it } from 'vitest';
import { exhaustion, mostCrashes } from '../../src/domain/attempt-limits.ts';
import { fingerprint } from '../../src/domain/fingerprint.ts';
import { created, type LockRecord } from '../../src/domain/lock-record.ts';
import type { MessageId } from '../../src/domain/message-id.ts';
import { ownerId, writeId } from '../../src/domain/owner.ts';
import { seconds } from '../../src/domain/time.ts';

const owner = ownerId('owner-a');
const record: LockRecord = {
  ...created(
    {
      messageId: 'order-1' as MessageId,
      fingerprint: fingerprint('jcs1:aa'),
      delivery: { sequenceNumber: '1', enqueuedTime: '2024-02-19T00:24:11.314Z' },
    },
    { owner, host: 'host-1', ttlMs: seconds(30) },
  ),
  writeId: writeId(owner, 1),
};

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
