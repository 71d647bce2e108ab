import { describe, expect, it } from 'vitest';
import { FaultyLockStore, type LockFaults } from '../../src/adapters/in-memory/faulty-lock-store.ts';
import { InMemoryLockStore } from '../../src/adapters/in-memory/in-memory-lock-store.ts';
import { ManualClock } from '../../src/adapters/in-memory/manual-clock.ts';
import type { LockEvent } from '../../src/application/ports/lock-events.ts';
import type { SweepReport } from '../../src/application/ports/telemetry/telemetry.ts';
import { SweepLocks, type SweepOutcome } from '../../src/application/sweep-locks.ts';
import type { LockRecord } from '../../src/domain/lock-record.ts';
import { sweepMarkerName } from '../../src/domain/marker-name.ts';
import { ownerId } from '../../src/domain/owner.ts';
import { durationMs } from '../../src/domain/time.ts';
import { heldBy, lockOf, messageId } from '../support/lock-records.ts';
import { markersOfOldApp } from '../support/sweeping.ts';
import { written } from '../support/written.ts';

const day = 86_400_000;
const settings = {
  lockScope: 'queue',
  completedRetentionMs: durationMs(8 * day),
  abandonedRetentionMs: durationMs(14 * day),
};

/** A store whose clock is moved by hand, swept by an app that has been there for long enough. */
async function setUp({ faults = () => undefined }: { readonly faults?: LockFaults } = {}) {
  let storeTime = Date.UTC(2026, 10, 22);
  const store = new InMemoryLockStore({ writeClock: () => storeTime });
  const clock = new ManualClock();
  const swept: LockEvent[] = [];
  const reports: SweepReport[] = [];
  const ports = {
    store: new FaultyLockStore(store, faults),
    catalog: store,
    markers: await markersOfOldApp(),
    clock,
    ids: { newOwnerId: () => ownerId('sweep') },
    events: { emit: (event: LockEvent) => void swept.push(event) },
    onSwept: (report: SweepReport) => void reports.push(report),
  };
  const sweep = new SweepLocks(ports, settings);
  const put = (id: string, changes: Partial<LockRecord>) =>
    store.put(lockOf(id), heldBy('owner', { messageId: messageId(id), ...changes }), 'absent').then(written);
  return { store, clock, sweep, swept, reports, put, ports, pass: (ms: number) => (storeTime += ms) };
}

/** What a run did, of which the pass is left out. */
const counted = (outcome: SweepOutcome) => ({ ...outcome, pass: undefined });

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
    expect(counted(await sweep.run())).toEqual({ kind: 'swept', listed: 1, deleted: 0, left: 0 });
    pass(1000);
    expect(counted(await sweep.run())).toEqual({ kind: 'swept', listed: 1, deleted: 1, left: 0 });
    expect(await store.read(lockOf('m-1'))).toBeUndefined();
    expect(swept).toEqual([expect.objectContaining({ kind: 'swept', messageId: 'm-1', state })]);
  });

  it('reports what stays, by state, with the age of the oldest', async () => {
    const { sweep, put, pass, reports } = await setUp();
    await put('m-1', { state: 'completed' });
    await put('m-2', { state: 'failed' });
    pass(day);
    await put('m-3', { state: 'failed' });
    pass(8 * day);
    await sweep.run();
    expect(reports).toEqual([
      { durationMs: 0, deleted: 1, stays: new Map([['failed', { count: 2, oldestAgeMs: 9 * day }]]) },
    ]);
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
    expect(counted(await sweep.run())).toEqual({ kind: 'swept', listed: 1, deleted: 0, left: 1 });
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
    expect(counted(await sweep.run())).toEqual({ kind: 'swept', listed: 30, deleted: 28, left: 2 });
  });

  it('leaves other scopes to their own sweeps', async () => {
    const { store, ports, put, pass } = await setUp();
    await put('m-1', { state: 'completed' });
    pass(100 * day);
    const markers = await markersOfOldApp('other');
    const sweep = new SweepLocks({ ...ports, markers }, { ...settings, lockScope: 'other' });
    expect(counted(await sweep.run())).toEqual({ kind: 'swept', listed: 0, deleted: 0, left: 0 });
    expect(await store.read(lockOf('m-1'))).toBeDefined();
  });

  it('goes no further when its time is up, and the next run goes on there', async () => {
    const over = new AbortController();
    const { sweep, put, pass } = await setUp({
      faults: ({ operation }) => {
        if (operation === 'delete') over.abort();
        return undefined;
      },
    });
    for (let n = 10; n < 30; n += 1) await put(`m-${n}`, { state: n === 12 ? 'held' : 'completed' });
    pass(9 * day);
    // One at the first page, of several: its deletion was under way.
    const pass1 = { upTo: lockOf('m-10'), isOver: false, listed: 1, deleted: 1 };
    expect(await sweep.run(over.signal)).toMatchObject({ listed: 1, deleted: 1, left: 0, pass: pass1 });
    const pass2 = { isOver: true, listed: 20, deleted: 19 };
    expect(await sweep.run()).toMatchObject({ listed: 19, deleted: 18, left: 0, pass: pass2 });
    expect(await sweep.run()).toMatchObject({ listed: 1, deleted: 0, pass: { isOver: true, listed: 1, deleted: 0 } });
  });

  it('comes to an end however short its runs are', async () => {
    const { sweep, put, pass } = await setUp();
    for (let n = 10; n < 30; n += 1) await put(`m-${n}`, { state: n % 2 ? 'completed' : 'held' });
    pass(9 * day);
    let outcome: SweepOutcome;
    let runs = 0;
    do {
      outcome = await sweep.run(AbortSignal.abort());
      runs += 1;
    } while (outcome.kind === 'swept' && !outcome.pass.isOver && runs < 100);
    expect(outcome).toMatchObject({ pass: { isOver: true, listed: 20, deleted: 10 } });
    expect(runs).toBeGreaterThan(5);
  });

  it('goes on past names that are no locks', async () => {
    const { sweep, store, put, pass } = await setUp();
    for (let n = 1; n <= 9; n += 1) store.plant(lockOf(`a-${n}`), 'not a lock');
    await put('m-1', { state: 'completed' });
    pass(9 * day);
    expect(await sweep.run(AbortSignal.abort())).toMatchObject({ listed: 0, pass: { upTo: lockOf('a-5') } });
    expect(await sweep.run()).toMatchObject({ listed: 1, deleted: 1, pass: { isOver: true } });
  });

  it('stops when another process has taken the sweep over, and has done no harm', async () => {
    const { sweep, put, pass, ports } = await setUp({
      faults: ({ operation }) =>
        operation === 'delete' ? { kind: 'slow', beforeRequest: () => takeOver() } : undefined,
    });
    for (let n = 10; n < 30; n += 1) await put(`m-${n}`, { state: 'completed' });
    pass(9 * day);
    let isTaken = false;
    const takeOver = async () => {
      if (isTaken) return;
      isTaken = true;
      const marker = sweepMarkerName('queue');
      const stored = await ports.markers.read(marker);
      await ports.markers.put(marker, '{"owner":"other","presentSince":0}', stored ?? 'absent');
    };
    // The first of two pages.
    expect(await sweep.run()).toMatchObject({ kind: 'swept', listed: 10, deleted: 10, pass: { isOver: false } });
    expect(await ports.markers.read(sweepMarkerName('queue'))).toMatchObject({
      text: expect.stringContaining('other'),
    });
  });
});
