import { describe, expect, it } from 'vitest';
import { hasEnded } from '../../src/application/get-message-status.ts';
import type { LockRecord } from '../../src/domain/lock-record.ts';
import { seconds } from '../../src/domain/time.ts';
import { key, statusOf } from '../support/status-fixture.ts';

describe('The status of a message', () => {
  it('is not there without a lock', async () => {
    expect(await statusOf().getMessageStatus.run(key)).toBeUndefined();
  });

  it.each<[Partial<LockRecord>, object, boolean]>([
    [{}, { status: 'processing', host: 'host/1', attempt: 1 }, false],
    [
      { state: 'released', lastError: 'oh', retryAfterMs: seconds(4) },
      { status: 'retrying', lastError: 'oh', retryAt: Date.UTC(2024, 0, 1) + 4000 },
      false,
    ],
    [{ state: 'completed', result: '7' }, { status: 'completed', result: '7' }, true],
    [{ state: 'failed', lastError: 'oh' }, { status: 'failed', lastError: 'oh' }, true],
  ])('with a record of %j is %j', async (changes, status, isOver) => {
    const { plant, getMessageStatus } = statusOf();
    plant(changes);
    const found = await getMessageStatus.run(key);
    expect(found).toMatchObject({ messageId: 'm-1', updatedAt: Date.UTC(2024, 0, 1), ...status });
    expect(found && hasEnded(found)).toBe(isOver);
  });

  it('tells of its steps by name and state, and not of their results', async () => {
    const { plant, getMessageStatus } = statusOf();
    plant({ steps: [{ name: 'charge', status: 'finished', result: '1' }] });
    expect((await getMessageStatus.run(key))?.steps).toEqual([{ name: 'charge', status: 'finished' }]);
  });
});
