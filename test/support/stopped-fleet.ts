import { FaultyLockStore, type LockFaults } from '../../src/adapters/in-memory/faulty-lock-store.ts';
import { InMemoryLockStore } from '../../src/adapters/in-memory/in-memory-lock-store.ts';
import { InMemoryMarkerStore } from '../../src/adapters/in-memory/in-memory-marker-store.ts';
import { ManualClock } from '../../src/adapters/in-memory/manual-clock.ts';
import { sha256Hex } from '../../src/adapters/system/sha256.ts';
import { LayoutCheck } from '../../src/application/layout/layout-check.ts';
import { MoveLocks, type MoveOptions } from '../../src/application/layout/move-locks.ts';
import { lockTimings } from '../../src/application/time/lock-timings.ts';
import { type LockLayout, type LockName, lockName } from '../../src/domain/lock-name.ts';
import type { LockRecord } from '../../src/domain/lock-record.ts';
import { layoutMarkerName } from '../../src/domain/marker-name.ts';
import { seconds } from '../../src/domain/time.ts';
import { heldBy, lockOf, messageId } from './lock-records.ts';
import { written } from './written.ts';

/** Locks of processes that were stopped a minute ago, and whoever moves them. */
export function stoppedFleet() {
  let now = Date.UTC(2026, 10, 29);
  const store = new InMemoryLockStore({ writeClock: () => now });
  const markers = new InMemoryMarkerStore({ clock: () => now });
  const clock = new ManualClock();
  const lockTtlMs = seconds(30);
  const move = (options: MoveOptions, faults: LockFaults = () => undefined, killed?: Promise<never>) => {
    const moving = new MoveLocks(
      {
        store: new FaultyLockStore(store, faults),
        catalog: store,
        markers,
        clock,
        timings: lockTimings(lockTtlMs),
        lockNameOf: (message, layout) => lockName({ ...message, scope: 'queue' }, sha256Hex, layout),
      },
      { scope: 'queue', lockTtlMs },
    ).run(options);
    return clock.until(killed === undefined ? moving : Promise.race([moving, killed]));
  };
  const start = (layout: LockLayout) => new LayoutCheck({ catalog: store, markers }, layout).run('queue');
  const put = async (id: string, changes: Partial<LockRecord> = {}, name = lockOf(id)) =>
    written(await store.put(name, heldBy(`owner-${id}`, { messageId: messageId(id), ...changes }), 'absent'));
  const names = async (): Promise<LockName[]> => {
    const found: LockName[] = [];
    for await (const { locks } of store.pages('queue')) found.push(...locks.map(({ name }) => name));
    return found;
  };
  const marker = async () => JSON.parse((await markers.read(layoutMarkerName('queue')))?.text ?? 'null');
  const pass = (ms: number) => {
    now += ms;
  };
  return { store, markers, move, start, put, names, marker, pass };
}
