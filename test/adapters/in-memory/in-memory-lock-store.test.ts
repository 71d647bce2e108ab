import { describe, expect, it } from 'vitest';
import { InMemoryLockStore } from '../../../src/adapters/in-memory/in-memory-lock-store.ts';
import { ManualClock } from '../../../src/adapters/in-memory/manual-clock.ts';
import { LockDocumentError, lockDocument } from '../../../src/domain/lock-document.ts';
import { seconds } from '../../../src/domain/time.ts';
import { describeLockStore } from '../../contracts/lock-store.contract.ts';
import { heldBy, lockOf } from '../../support/lock-records.ts';

describeLockStore('InMemoryLockStore', async () => new InMemoryLockStore());

describe('InMemoryLockStore', () => {
  const name = lockOf('m-1');

  it('stamps writes and answers by two clocks that need not agree, cut to whole seconds', async () => {
    const writes = new ManualClock({ wallTime: 1_000_999 });
    const answers = new ManualClock({ wallTime: 990_001 });
    const store = new InMemoryLockStore({
      writeClock: () => writes.wallTime(),
      answerClock: () => answers.wallTime(),
    });
    expect(await store.put(name, heldBy('first'), 'absent')).toMatchObject({ writtenAt: 1_000_000 });
    expect(await store.read(name)).toMatchObject({ writtenAt: 1_000_000, observedAt: 990_000 });

    await answers.advance(seconds(60));
    expect(await store.read(name)).toMatchObject({ writtenAt: 1_000_000, observedAt: 1_050_000 });
  });

  it('keeps what was written, whatever becomes of the object', async () => {
    const store = new InMemoryLockStore();
    const steps = [{ name: 'charge', status: 'finished', result: '{}' } as const];
    await store.put(name, heldBy('first', { steps }), 'absent');
    steps.pop();
    const one = await store.read(name);
    expect(one?.record.steps).toHaveLength(1);
    expect((await store.read(name))?.record).not.toBe(one?.record);
  });

  it('refuses to read a text that is not a lock, and says that it will not pass', async () => {
    const store = new InMemoryLockStore();
    const { version } = store.plant(name, '{"half":');
    await expect(store.read(name)).rejects.toMatchObject({
      name: 'LockStoreError',
      isTransient: false,
      cause: expect.any(LockDocumentError),
    });
    expect(await store.put(name, heldBy('first'), 'absent')).toEqual({ kind: 'conflict' });
    expect(await store.delete(name, version)).toEqual({ kind: 'written' });
  });

  it('gives a planted text a version of its own', async () => {
    const store = new InMemoryLockStore();
    const first = await store.put(name, heldBy('first'), 'absent');
    const planted = store.plant(name, lockDocument(heldBy('second')));
    expect(first).not.toMatchObject({ version: planted.version });
    expect(await store.read(name)).toMatchObject({ record: heldBy('second'), ...planted });
  });
});
