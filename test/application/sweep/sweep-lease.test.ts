import { describe, expect, it } from 'vitest';
import { InMemoryMarkerStore } from '../../../src/adapters/in-memory/in-memory-marker-store.ts';
import { ManualClock } from '../../../src/adapters/in-memory/manual-clock.ts';
import type { WriteResult } from '../../../src/application/ports/lock-store.ts';
import type { MarkerStore } from '../../../src/application/ports/marker-store.ts';
import { leaseMs, SweepLease, sweepsAfterMs } from '../../../src/application/sweep/sweep-lease.ts';
import { sweepMarkerName } from '../../../src/domain/marker-name.ts';
import { type DurationMs, durationMs, seconds } from '../../../src/domain/time.ts';
import { lockOf } from '../../support/lock-records.ts';

const day = seconds(86_400);
const settings = {
  marker: sweepMarkerName('queue'),
  intervalMs: seconds(600),
  shortestRetentionMs: durationMs(8 * day),
};

/** Processes of one app on a store whose clock is moved by hand. */
function setUp({
  faults = (put) => put(),
}: {
  readonly faults?: (put: () => Promise<WriteResult<object>>) => unknown;
} = {}) {
  let now = Date.UTC(2026, 10, 22);
  const stored = new InMemoryMarkerStore({ clock: () => now });
  const markers: MarkerStore = {
    read: (name) => stored.read(name),
    put: (name, text, condition) => faults(() => stored.put(name, text, condition)) as ReturnType<MarkerStore['put']>,
  };
  const clock = new ManualClock();
  let processes = 0;
  return {
    clock,
    stored,
    pass: (ms: DurationMs | number) => (now += ms),
    take: (changes: Partial<typeof settings> = {}) => {
      processes += 1;
      return SweepLease.take({ markers, clock }, { ...settings, ...changes }, `process ${processes}`);
    },
  };
}

async function taken(taking: Promise<unknown>): Promise<SweepLease> {
  const lease = await taking;
  expect(lease).toBeInstanceOf(SweepLease);
  return lease as SweepLease;
}

/** The lease of an app that was there for long enough. */
async function oldApp(options: Parameters<typeof setUp>[0] = {}) {
  const app = setUp(options);
  await app.take();
  app.pass(sweepsAfterMs);
  return { ...app, lease: await taken(app.take()) };
}

describe('The lease of a sweep', () => {
  it('is not given in the first 15 minutes of the app, however many processes of it come and go', async () => {
    const { take, pass } = setUp();
    for (let minute = 0; minute < 15; minute += 1) {
      expect(await take()).toEqual({ kind: 'too-early' });
      pass(seconds(60));
    }
    await taken(take());
  });

  it('is given at once to a process of an app that swept a short while ago', async () => {
    const { lease, take, pass } = await oldApp();
    await lease.giveUp({ isOver: true });
    pass(seconds(600));
    await taken(take());
  });

  it.each([
    ['completed locks are kept for 8 days', 8 * day - sweepsAfterMs, {}],
    ['an interval is longer than that', 2 * day + sweepsAfterMs, { intervalMs: day, shortestRetentionMs: seconds(60) }],
  ])('is not given after an outage as long as a retention, for 15 minutes: %s', async (_, outageMs, changes) => {
    const { lease, take, pass } = await oldApp();
    await lease.giveUp({ isOver: true });
    pass(outageMs);
    const back = await taken(take(changes));
    await back.giveUp({ isOver: true });
    pass(outageMs + 1000);
    expect(await take(changes)).toEqual({ kind: 'too-early' });
    pass(sweepsAfterMs - 1000);
    expect(await take(changes)).toEqual({ kind: 'too-early' });
    pass(1000);
    await taken(take(changes));
  });

  it('goes on where the pass was before an outage', async () => {
    const { lease, take, pass } = await oldApp();
    lease.moveOn(lockOf('m-5'), { listed: 5, deleted: 2 });
    await lease.giveUp({ isOver: false });
    pass(9 * day);
    await take();
    pass(sweepsAfterMs);
    expect((await taken(take())).pass).toMatchObject({ upTo: lockOf('m-5'), listed: 5, deleted: 2, isOver: false });
  });

  it('is given to one process at a time', async () => {
    const app = setUp();
    await app.take();
    app.pass(sweepsAfterMs);
    const both = await Promise.all([app.take(), app.take()]);
    expect(both.filter((each) => each instanceof SweepLease)).toHaveLength(1);
    expect(both).toContainEqual({ kind: 'under-way' });
    expect(await app.take()).toEqual({ kind: 'under-way' });
  });

  it('is kept by renewing it, and lost by a process that does not', async () => {
    const { lease, take, pass, clock } = await oldApp();
    expect(lease.wantsRenewal).toBe(false);
    pass(leaseMs - 1000);
    await clock.advance(leaseMs);
    expect(lease.wantsRenewal).toBe(true);
    lease.moveOn(lockOf('m-1'));
    expect(await lease.renew()).toBe(true);
    expect(lease.wantsRenewal).toBe(false);
    pass(leaseMs - 1000);
    expect(await take()).toEqual({ kind: 'under-way' });
    pass(1000);
    const next = await taken(take());
    expect(next.pass.upTo).toBe(lockOf('m-1'));
    expect(await lease.renew()).toBe(false);
    expect(await next.renew()).toBe(true);
  });

  it('is not given for a new pass before half an interval, unless the pass was cut off', async () => {
    const { lease, take, pass } = await oldApp();
    await lease.giveUp({ isOver: false });
    const rest = await taken(take());
    await rest.giveUp({ isOver: true });
    pass(seconds(299));
    expect(await take()).toEqual({ kind: 'not-due' });
    pass(seconds(1));
    expect((await taken(take())).pass).toMatchObject({ isOver: false, listed: 0, deleted: 0 });
  });

  it('begins anew behind a marker that is damaged', async () => {
    const { lease, stored, take, pass } = await oldApp();
    const { version } = (await stored.read(settings.marker)) ?? expect.fail();
    await stored.put(settings.marker, 'damaged', { version });
    expect(await take()).toEqual({ kind: 'too-early' });
    expect(await lease.renew()).toBe(false);
    pass(sweepsAfterMs);
    await taken(take());
  });

  it('is an error if the store does not say whether it was taken, and free when it expires', async () => {
    let isLost = false;
    const faults = async (put: () => Promise<object>) => {
      const result = await put();
      return isLost ? { kind: 'unknown', cause: new Error('lost') } : result;
    };
    const app = setUp({ faults });
    await app.take();
    app.pass(sweepsAfterMs);
    isLost = true;
    await expect(app.take()).rejects.toMatchObject({ name: 'LockStoreError', isTransient: true });
    isLost = false;
    expect(await app.take()).toEqual({ kind: 'under-way' });
    app.pass(leaseMs);
    await taken(app.take());
  });

  it.each(['request', 'answer'])('outlives a renewal whose %s was lost', async (what) => {
    let isLost = false;
    const faults = async (put: () => Promise<object>) => {
      if (!isLost) return put();
      if (what === 'answer') await put();
      return { kind: 'unknown', cause: new Error('lost') };
    };
    const { lease, take } = await oldApp({ faults });
    isLost = true;
    lease.moveOn(lockOf('m-1'));
    expect(await lease.renew()).toBe(true);
    isLost = false;
    lease.moveOn(lockOf('m-2'));
    expect(await lease.renew()).toBe(true);
    await lease.giveUp({ isOver: false });
    expect((await taken(take())).pass.upTo).toBe(lockOf('m-2'));
  });
});
