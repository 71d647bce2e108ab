import { describe, expect, it } from 'vitest';
import type { LockCall } from '../../../src/adapters/in-memory/faulty-lock-store.ts';
import { LockLayoutError } from '../../../src/application/layout/layout-check.ts';
import { acquiredAtOf, tokenOf } from '../../../src/domain/lock-record.ts';
import { sweepMarkerName } from '../../../src/domain/marker-name.ts';
import { ownerId, writeId } from '../../../src/domain/owner.ts';
import { sweepProgressText } from '../../../src/domain/sweep-progress.ts';
import { seconds } from '../../../src/domain/time.ts';
import { heldBy, lockOf, messageId, spreadLockOf } from '../../support/lock-records.ts';
import { stoppedFleet } from '../../support/stopped-fleet.ts';
import { written } from '../../support/written.ts';

const ids = ['m-1', 'm-2', 'Bestellung/ä 😀', 'order-10', 'order-11'];
const states = ['completed', 'failed', 'released', 'held'] as const;

async function withLocks() {
  const world = stoppedFleet();
  await world.start('flat');
  for (const [place, id] of ids.entries()) await world.put(id, { state: states[place % states.length] ?? 'held' });
  world.pass(60_000);
  return world;
}

describe('A move of locks', () => {
  it('says how many it would move, and writes nothing', async () => {
    const { move, names, marker } = await withLocks();
    expect(await move({ to: 'spread', isDryRun: true })).toEqual({ kind: 'planned', found: 5, moved: 0 });
    expect(await names()).toEqual(ids.map(lockOf).sort());
    expect(await marker()).toEqual({ layout: 'flat' });
  });

  it('moves all there and all back, and keeps of each what it says, its token and when it was acquired', async () => {
    const { store, move, names, start, pass } = await withLocks();
    const before = await Promise.all(ids.map((id) => store.read(lockOf(id))));
    expect(await move({ to: 'spread' })).toEqual({ kind: 'moved', found: 5, moved: 5 });
    expect(await names()).toEqual(ids.map(spreadLockOf).sort());
    for (const [place, id] of ids.entries()) {
      const [then, moved] = [before[place], await store.read(spreadLockOf(id))];
      if (then === undefined || moved === undefined) throw new Error('A lock is lost.');
      expect(moved.record).toEqual({ ...then.record, fencingToken: tokenOf(then), acquiredAt: acquiredAtOf(then) });
    }
    await start('spread');
    await expect(start('flat')).rejects.toThrow(LockLayoutError);
    pass(60_000);
    expect(await move({ to: 'flat' })).toEqual({ kind: 'moved', found: 5, moved: 5 });
    expect(await names()).toEqual(ids.map(lockOf).sort());
    await start('flat');
  });

  it('has nothing to move where there are no locks, and says so for all that start', async () => {
    const { move, start } = stoppedFleet();
    expect(await move({ to: 'spread' })).toEqual({ kind: 'moved', found: 0, moved: 0 });
    await start('spread');
    await expect(start('flat')).rejects.toThrow(LockLayoutError);
  });

  it('is refused as long as a lock was written within the life of one, whatever its state', async () => {
    const { move, put, names, marker, pass } = await withLocks();
    await put('just-done', { state: 'completed' });
    const refused = { kind: 'refused', why: 'at-work', moved: 0 };
    expect(await move({ to: 'spread' })).toMatchObject(refused);
    pass(35_000);
    expect(await move({ to: 'spread' })).toMatchObject(refused);
    expect(await marker()).toEqual({ layout: 'flat' });
    expect(await names()).toContain(lockOf('m-1'));
    pass(1000);
    expect(await move({ to: 'spread' })).toMatchObject({ kind: 'moved', moved: 6 });
  });

  it('is refused while a sweep is under way', async () => {
    const { move, markers, pass } = await withLocks();
    await markers.put(sweepMarkerName('queue'), sweepProgressText({ owner: 'sweeper' }), 'absent');
    expect(await move({ to: 'spread' })).toMatchObject({ kind: 'refused', why: 'at-work' });
    pass(120_000);
    expect(await move({ to: 'spread' })).toMatchObject({ kind: 'moved' });
  });

  it('lets nobody start before it is finished, and is finished in the direction in which it was begun', async () => {
    const { move, start, names } = await withLocks();
    const stop = new AbortController();
    const stopped = await move({ to: 'spread', signal: stop.signal }, ({ operation }) => {
      if (operation === 'delete') stop.abort();
      return undefined;
    });
    expect(stopped).toMatchObject({ kind: 'stopped', found: 5 });
    for (const layout of ['flat', 'spread'] as const)
      await expect(start(layout)).rejects.toThrow('locks move --to spread');
    expect(await move({ to: 'flat' })).toMatchObject({ kind: 'refused', why: 'other-move' });
    expect(await move({ to: 'spread' })).toMatchObject({ kind: 'moved' });
    expect(await names()).toEqual(ids.map(spreadLockOf).sort());
    await start('spread');
  });

  it('leaves a lock that an owner of a long life has, and says so', async () => {
    const { move, put, pass, start, names } = await withLocks();
    await put('long', { ttlMs: seconds(600) });
    pass(60_000);
    expect(await move({ to: 'spread' })).toMatchObject({
      kind: 'unfinished',
      moved: 5,
      left: [{ name: lockOf('long'), why: 'its owner may be at work' }],
    });
    await expect(start('spread')).rejects.toThrow(LockLayoutError);
    pass(600_000);
    expect(await move({ to: 'spread' })).toMatchObject({ kind: 'moved', moved: 1 });
    expect(await names()).toContain(spreadLockOf('long'));
  });

  it('stops at what a process writes meanwhile, takes its later state along, and loses nothing', async () => {
    const { store, move, start, pass } = await withLocks();
    const name = lockOf('m-1');
    const takeOver = async () => {
      const stored = await store.read(name);
      if (stored === undefined) throw new Error('The lock is not there.');
      const record = heldBy('late', { messageId: messageId('m-1'), fencingToken: tokenOf(stored) });
      written(await store.put(name, { ...record, fencingToken: (tokenOf(stored) + 1) as never }, stored));
    };
    const outcome = await move({ to: 'spread' }, (call: LockCall) =>
      call.operation === 'delete' && call.name === name && call.nth === 1
        ? { kind: 'slow', beforeRequest: takeOver }
        : undefined,
    );
    expect(outcome).toMatchObject({ kind: 'unfinished', left: [{ name, why: 'its owner may be at work' }] });
    await expect(start('flat')).rejects.toThrow(LockLayoutError);
    pass(60_000);
    expect(await move({ to: 'spread' })).toMatchObject({ kind: 'moved' });
    expect((await store.read(spreadLockOf('m-1')))?.record.owner).toBe('late');
  });

  it('is not finished by a listing behind which a process has written a lock', async () => {
    const { move, put, start } = await withLocks();
    let isWritten = false;
    const outcome = await move({ to: 'spread' }, ({ operation }) => {
      if (operation !== 'delete' || isWritten) return undefined;
      isWritten = true;
      return { kind: 'slow', beforeRequest: () => put('late') };
    });
    expect(outcome).toMatchObject({
      kind: 'unfinished',
      moved: 5,
      left: [{ name: lockOf('late'), why: 'it was written just now: a process is at work' }],
    });
    await expect(start('spread')).rejects.toThrow(LockLayoutError);
  });

  it('leaves a lock beside another of the same message that has lived on, and both say where they are', async () => {
    const { store, move, put, pass } = await withLocks();
    await put(
      'm-1',
      { owner: ownerId('other'), writeId: writeId(ownerId('other'), 1), fencingToken: Date.UTC(2027, 0) as never },
      spreadLockOf('m-1'),
    );
    pass(60_000);
    expect(await move({ to: 'spread' })).toMatchObject({
      kind: 'unfinished',
      left: [{ name: lockOf('m-1'), why: `another lock of its message is "${spreadLockOf('m-1')}"` }],
    });
    expect((await store.read(spreadLockOf('m-1')))?.record.owner).toBe('other');
    expect(await store.read(lockOf('m-1'))).toBeDefined();
  });

  it('leaves what is not the lock of its message, and what cannot be read', async () => {
    const { move, put, pass, store } = await withLocks();
    await put('renamed', {}, lockOf('by-hand'));
    const damaged = (call: LockCall) => (call.name === lockOf('m-2') ? ({ kind: 'final-error' } as const) : undefined);
    pass(60_000);
    const outcome = await move({ to: 'spread' }, damaged);
    expect(outcome).toMatchObject({ kind: 'unfinished', moved: 4, more: 0 });
    const left = outcome.kind === 'unfinished' ? outcome.left.map(({ name }) => name) : [];
    expect(left).toEqual([lockOf('by-hand'), lockOf('m-2')]);
    expect(await store.read(lockOf('by-hand'))).toBeDefined();
  });

  it('tells of twenty that are left by name, and of the others how many', async () => {
    const { move, put, pass } = stoppedFleet();
    for (let n = 0; n < 25; n += 1) await put(`held-${n}`, { ttlMs: seconds(600) });
    pass(60_000);
    const outcome = await move({ to: 'spread' });
    expect(outcome).toMatchObject({ kind: 'unfinished', moved: 0, more: 5 });
    expect(outcome.kind === 'unfinished' && outcome.left).toHaveLength(20);
  });
});
