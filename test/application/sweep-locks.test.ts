import { describe, expect, it } from 'vitest';
import { FaultyLockStore, type LockFaults } from '../../src/adapters/in-memory/faulty-lock-store.ts';
import { InMemoryLockStore } from '../../src/adapters/in-memory/in-memory-lock-store.ts';
import { ManualClock } from '../../src/adapters/in-memory/manual-clock.ts';
import type { LockEvent } from '../../src/application/ports/lock-events.ts';
import { SweepLocks, sweepsAfterMs } from '../../src/application/sweep-locks.ts';
import type { LockRecord } from '../../src/domain/lock-record.ts';
import { durationMs, seconds } from '../../src/domain/time.ts';
import { heldBy, lockOf, messageId } from '../support/lock-records.ts';
import { written } from '../support/written.ts';

const day = 86_400_000;
const settings = {
  lockScope: 'queue',
  completedRetentionMs: durationMs(8 * day),
  abandonedRetentionMs: durationMs(14 * day),
};

/** A store whose clock is moved by hand, swept by a process that has run for long enough. */
async function setUp({ faults = () => undefined }: { readonly faults?: LockFaults } = {}) {
  let storeTime = Date.UTC(2026, 10, 22);
  const store = new InMemoryLockStore({ writeClock: () => storeTime });
  const clock = new ManualClock();
  const swept: LockEvent[] = [];
  const ports = {
    store: new FaultyLockStore(store, faults),
    catalog: store,
    clock,
    events: { emit: (event: LockEvent) => void swept.push(event) },
  };
  const sweep = new SweepLocks(ports, settings);
  await clock.advance(sweepsAfterMs);
  const put = (id: string, changes: Partial<LockRecord>) =>
    store.put(lockOf(id), heldBy('owner', { messageId: messageId(id), ...changes }), 'absent').then(written);
  return { store, clock, sweep, swept, put, ports, pass: (ms: number) => (storeTime += ms) };
}

describe('The sweep', () => {
  it.each([
    ['completed', 8],
    ['released', 14],
    ['failed', 14],
    ['held', 14],
  ] as const)('deletes a %s lock after %i days, and not at that moment', async (state, days) => {
    const { store, sweep, put, pass, swept } = await setUp();
    await put('m-1', { state });
    pass(days * day);
    expect(await sweep.run()).toEqual({ kind: 'swept', listed: 1, deleted: 0, left: 0 });
    pass(1000);
    expect(await sweep.run()).toEqual({ kind: 'swept', listed: 1, deleted: 1, left: 0 });
    expect(await store.read(lockOf('m-1'))).toBeUndefined();
    expect(swept).toEqual([expect.objectContaining({ kind: 'swept', messageId: 'm-1', state })]);
  });

  it('deletes nothing in the first 15 minutes of a process, however old the locks are', async () => {
    const { ports, clock, put, pass, store } = await setUp();
    await put('m-1', { state: 'completed' });
    pass(100 * day);
    const restarted = new SweepLocks(ports, settings);
    expect(await restarted.run()).toEqual({ kind: 'too-early' });
    await clock.advance(durationMs(sweepsAfterMs - 1));
    expect(await restarted.run()).toEqual({ kind: 'too-early' });
    await clock.advance(durationMs(1));
    expect(await restarted.run()).toMatchObject({ deleted: 1 });
    expect(await store.read(lockOf('m-1'))).toBeUndefined();
  });

  it('asks no clock but the store for the age of a lock', async () => {
    const { clock, sweep, put, store } = await setUp();
    await put('m-1', { state: 'completed' });
    clock.jumpWallTime(1000 * day);
    await clock.advance(durationMs(100 * day));
    expect(await sweep.run()).toMatchObject({ deleted: 0 });
    expect(await store.read(lockOf('m-1'))).toBeDefined();
  });

  it('leaves a lock alone that was written between listing and deletion', async () => {
    const { store, sweep, put, pass, ports } = await setUp({
      faults: ({ operation }) =>
        operation === 'delete' ? { kind: 'slow', beforeRequest: () => takeOver() } : undefined,
    });
    const { version } = await put('m-1', { state: 'released' });
    const takeOver = () => store.put(lockOf('m-1'), heldBy('next'), { version });
    pass(15 * day);
    expect(await sweep.run()).toEqual({ kind: 'swept', listed: 1, deleted: 0, left: 1 });
    expect((await ports.store.read(lockOf('m-1')))?.record.owner).toBe('next');
  });

  it('goes on past a lock that cannot be deleted, and past an answer that is lost', async () => {
    const { sweep, put, pass } = await setUp({
      faults: ({ name }) => {
        if (name === lockOf('m-1')) return { kind: 'final-error' };
        return name === lockOf('m-2') ? { kind: 'request-lost' } : undefined;
      },
    });
    for (let number = 1; number <= 30; number += 1) await put(`m-${number}`, { state: 'completed' });
    pass(9 * day);
    expect(await sweep.run()).toEqual({ kind: 'swept', listed: 30, deleted: 28, left: 2 });
  });

  it('leaves other scopes to their own sweeps', async () => {
    const { store, ports, clock, put, pass } = await setUp();
    await put('m-1', { state: 'completed' });
    pass(100 * day);
    const sweep = new SweepLocks(ports, { ...settings, lockScope: 'other' });
    await clock.advance(seconds(3600));
    expect(await sweep.run()).toEqual({ kind: 'swept', listed: 0, deleted: 0, left: 0 });
    expect(await store.read(lockOf('m-1'))).toBeDefined();
  });

  it('goes no further when its time is up', async () => {
    const over = new AbortController();
    const { sweep, put, pass } = await setUp({
      faults: ({ operation }) => {
        if (operation === 'delete') over.abort();
        return undefined;
      },
    });
    for (let n = 1; n <= 20; n += 1) await put(`m-${n}`, { state: 'completed' });
    pass(100 * day);
    // One at the first page, of several: its deletion was under way.
    expect(await sweep.run(over.signal)).toMatchObject({ kind: 'swept', deleted: 1 });
    expect(await sweep.run()).toMatchObject({ kind: 'swept', listed: 19, deleted: 19 });
  });
});
