import { describe, expect, it } from 'vitest';
import { FaultyLockStore, type LockFaults } from '../../../src/adapters/in-memory/faulty-lock-store.ts';
import { InMemoryLockStore } from '../../../src/adapters/in-memory/in-memory-lock-store.ts';
import { ManualClock } from '../../../src/adapters/in-memory/manual-clock.ts';
import { RandomIds } from '../../../src/adapters/system/random-ids.ts';
import { sweepLog } from '../../../src/adapters/telemetry/logged-sweep.ts';
import type { LockCatalog } from '../../../src/application/ports/lock-catalog.ts';
import { sweepRegularly } from '../../../src/application/sweep/sweep-regularly.ts';
import { SweepLocks } from '../../../src/application/sweep-locks.ts';
import { durationMs, seconds } from '../../../src/domain/time.ts';
import { heldBy, lockOf, messageId } from '../../support/lock-records.ts';
import { markersOfOldApp } from '../../support/sweeping.ts';

const intervalMs = seconds(600);
const minuteMs = seconds(60);

/** A sweep every 10 minutes over three locks that are long past their retention, in an app of some age. */
async function startSweeping({
  catalog,
  faults = () => undefined,
}: {
  catalog?: LockCatalog;
  faults?: LockFaults;
} = {}) {
  let storeTime = 0;
  const locks = new InMemoryLockStore({ writeClock: () => storeTime });
  for (const id of ['a', 'b', 'c']) await locks.put(lockOf(id), heldBy('o', { messageId: messageId(id) }), 'absent');
  storeTime += seconds(3600);
  const clock = new ManualClock();
  const sweepLocks = new SweepLocks(
    {
      store: new FaultyLockStore(locks, faults),
      catalog: catalog ?? locks,
      markers: await markersOfOldApp(),
      clock,
      ids: new RandomIds(),
      events: { emit: () => undefined },
    },
    { lockScope: 'queue', completedRetentionMs: seconds(60), abandonedRetentionMs: seconds(60) },
  );
  const over = new AbortController();
  const lines: Readonly<Record<string, unknown>>[] = [];
  const log = sweepLog((level, message, facts) => void lines.push({ ...facts, level, message }));
  const sweeping = sweepRegularly(sweepLocks, { clock, log, intervalMs, over: over.signal });
  return { clock, lines, over, sweeping };
}

describe('Sweeping regularly', () => {
  it('sweeps a minute after the start, then once an interval, and tells of each sweep, until it is over', async () => {
    const { clock, lines, over, sweeping } = await startSweeping();
    await clock.advance(durationMs(minuteMs - 1));
    expect(lines).toEqual([]);
    await clock.advance(durationMs(1));
    await expect.poll(() => lines).toHaveLength(1);
    const message = 'Swept 3 of 3 locks of queue, up to the last one.';
    expect(lines[0]).toMatchObject({ level: 'info', message, event: 'sweep', deleted: 3, listed: 3, left: 0 });
    await clock.untilAsleep();
    await clock.advance(durationMs(intervalMs - 1));
    expect(lines).toHaveLength(1);
    await clock.advance(durationMs(1));
    await expect.poll(() => lines).toHaveLength(2);
    await clock.untilAsleep();
    over.abort();
    await sweeping;
    expect(clock.sleepers).toBe(0);
  });

  it('goes on after a sweep that the store did not serve', async () => {
    const catalog: LockCatalog = {
      pages: () => {
        throw new Error('no listing');
      },
    };
    const { clock, lines, over, sweeping } = await startSweeping({ catalog });
    for (const count of [1, 2]) {
      await clock.untilAsleep();
      await clock.advance(intervalMs);
      await expect.poll(() => lines).toHaveLength(count);
    }
    expect(lines[1]).toMatchObject({ level: 'warn', message: 'The sweep ended early; the next one goes on.' });
    over.abort();
    await sweeping;
  });

  it('ends in the middle of a sweep, so that a host that stops does not wait for it', async () => {
    const deletions: string[] = [];
    const faults: LockFaults = ({ name }) => {
      deletions.push(name);
      over.abort();
      return undefined;
    };
    const { clock, over, sweeping } = await startSweeping({ faults: (call) => faults(call) });
    await clock.advance(intervalMs);
    await sweeping;
    expect(deletions).toHaveLength(1);
  });
});
