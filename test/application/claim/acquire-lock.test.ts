import { describe, expect, it } from 'vitest';
import type { LockFaults } from '../../../src/adapters/in-memory/faulty-lock-store.ts';
import { seconds } from '../../../src/domain/time.ts';
import { delivery, redelivery, sentAgain } from '../../support/deliveries.ts';
import { anyOf, on, whenever } from '../../support/faults.ts';
import { lockOf } from '../../support/lock-records.ts';
import { type Instance, World } from '../../support/message-run.ts';

/** A world in which an instance crashed with the message 36 s ago: its lock has expired. */
async function worldAfterCrash(): Promise<World> {
  const world = new World();
  const crashing = world.instance({ handler: async () => crashing.crash() });
  crashing.start(delivery());
  await world.advance(seconds(36));
  return world;
}

describe('an acquisition', () => {
  it('is made by one of two that create at once; the other one sees its work and skips', async () => {
    const world = new World();
    const [a, b] = [world.instance(), world.instance()];
    const runs = [a.start(delivery()), b.start(sentAgain())];
    for (const run of runs) await world.end(run);
    expect(runs.map(({ outcome }) => outcome).sort()).toEqual(['completed', 'skipped']);
    expect((await world.stored())?.record.attempt).toBe(1);
  });

  it('is made by one of two that take over at once; the other one reports the new owner', async () => {
    const world = await worldAfterCrash();
    const isRead = Promise.withResolvers<void>();
    // Both have seen the expired lock before one of them writes.
    const faults = on('read', 1, { kind: 'slow', beforeAnswer: () => isRead.promise });
    const never = () => new Promise(() => undefined);
    const settings = { activeLockWaitMs: seconds(0) };
    const instances = [1, 2].map(() => world.instance({ handler: never, faults, settings, random: () => 0 }));
    const runs = instances.map((instance) => instance.start(redelivery()));
    isRead.resolve();
    await world.advance(seconds(1));
    const [ended] = runs.filter(({ isRunning }) => !isRunning);
    expect(runs.filter(({ isRunning }) => isRunning)).toHaveLength(1);
    expect(String(ended?.error)).toBe(
      'ActiveLockError: The message ID m-1 has an active lock lock-m-1.lock until 2024-01-01 00:01:06.000000',
    );
    for (const instance of instances) instance.crash();
  });

  it('goes by the version: a lock deleted and created anew meanwhile is not the one that had expired', async () => {
    const world = await worldAfterCrash();
    const old = await world.stored();
    const isRead = Promise.withResolvers<void>();
    const late = world.instance({
      settings: { activeLockWaitMs: seconds(0) },
      faults: on('read', 1, { kind: 'slow', beforeAnswer: () => isRead.promise }),
      random: () => 0,
    });
    const run = late.start(redelivery());
    await world.advance(seconds(0));
    if (old !== undefined) await world.locks.delete(lockOf('m-1'), old.version);
    const third: Instance = world.instance({ handler: async () => third.crash() });
    third.start(sentAgain());
    await world.advance(seconds(0));
    isRead.resolve();
    await world.end(run);
    expect(run.error).toMatchObject({ name: 'ActiveLockError' });
    expect((await world.stored())?.record.owner).toBe(third.told('created')[0]?.owner);
  });

  it('creates the lock again when it is deleted between the conflict and the look at it', async () => {
    const world = new World();
    const a = world.instance();
    await a.run(delivery());
    const done = await world.stored();
    const b = world.instance({
      faults: on('read', 1, {
        kind: 'slow',
        beforeRequest: async () => done && world.locks.delete(lockOf('m-1'), done.version),
      }),
    });
    expect((await b.run(sentAgain())).outcome).toBe('completed');
    expect(b.requests).toEqual(['put', 'read', 'put', 'put']);
  });
});

describe('an acquisition whose outcome cannot be learnt', () => {
  const settings = { activeLockWaitMs: seconds(0) };
  const unanswered = (clock: World['clock'], kind: 'answer-lost' | 'request-lost') =>
    whenever(() => true, { kind, beforeAnswer: () => clock.sleep(seconds(2)) });
  const countedWork = () => {
    const work = {
      started: 0,
      handler: async () => {
        work.started += 1;
      },
    };
    return work;
  };

  it.each(['answer-lost', 'request-lost'] as const)('starts no work and gives up within 5 s: %s', async (kind) => {
    const world = new World();
    const work = countedWork();
    const a = world.instance({ handler: work.handler, settings, faults: unanswered(world.clock, kind) });
    const run = await a.run(delivery());
    expect(run.error).toMatchObject({ name: 'LockUndecidedError', isFinal: false });
    expect(run.took).toBeLessThanOrEqual(5000);
    expect(work.started).toBe(0);
    // Nothing is released or deleted either: it may belong to somebody else by now.
    expect(a.requests).toEqual(['put', 'read']);
  });

  it('gives up within 5 s when each request fails at once, with pauses between', async () => {
    const world = new World();
    const work = countedWork();
    const a = world.instance({ handler: work.handler, settings, faults: whenever(() => true, 'transient-error') });
    const run = await a.run(delivery());
    expect(run.error).toMatchObject({ name: 'LockUndecidedError', cause: { name: 'LockStoreError' } });
    expect(run.took).toBeGreaterThan(2000);
    expect(run.took).toBeLessThanOrEqual(5000);
    expect(a.requests.length).toBeLessThan(15);
    expect(work.started).toBe(0);
  });

  it.each<[string, LockFaults]>([
    ['the write', on('put', 1, 'final-error')],
    ['the read-back', anyOf(on('put', 1, 'answer-lost'), on('read', 1, 'final-error'))],
  ])('starts no work and gives up at once when somebody has to mend the store: %s', async (_, faults) => {
    const world = new World();
    const work = countedWork();
    const run = await world.instance({ handler: work.handler, settings, faults }).run(delivery());
    expect(run.error).toMatchObject({ name: 'LockStoreError', isTransient: false });
    expect(run.took).toBe(0);
    expect(work.started).toBe(0);
  });

  it('leaves an orphan at most: the redelivery waits until it has expired, and is its second attempt', async () => {
    const world = new World();
    const a = world.instance({ settings, faults: unanswered(world.clock, 'answer-lost') });
    await a.run(delivery());
    const b = world.instance({ random: () => 0 });
    const run = await b.run(redelivery());
    expect(run.outcome).toBe('completed');
    expect(world.now).toBeLessThanOrEqual(37_000);
    expect((await world.stored())?.record).toMatchObject({ attempt: 2, crashes: 1 });
  });

  it('leaves an orphan too when its create lands after it has given up', async () => {
    const world = new World();
    const a = world.instance({
      faults: anyOf(
        on('put', 1, 'request-late'),
        whenever(() => true, 'request-lost'),
      ),
    });
    await a.run(delivery());
    await world.advance(seconds(5));
    await a.network.lateRequests[0]?.arrive();
    const work = countedWork();
    const run = await world.instance({ handler: work.handler, random: () => 0 }).run(redelivery());
    expect(run.outcome).toBe('completed');
    expect(work.started).toBe(1);
    expect(run.took).toBeGreaterThan(35_000);
    expect(run.took).toBeLessThanOrEqual(37_000);
  });

  it('is tried again as long as the delivery may wait for an active lock: an outage burns no deliveries', async () => {
    const world = new World();
    const work = countedWork();
    const a = world.instance({ handler: work.handler, faults: whenever(() => world.now < 40_000, 'request-lost') });
    const run = await a.run(delivery());
    expect(run.outcome).toBe('completed');
    expect(run.took).toBeLessThan(45_000);
    expect(work.started).toBe(1);
  });

  it('throws what the store said when it may wait no longer', async () => {
    const world = new World();
    const a = world.instance({ faults: whenever(() => true, 'final-error') });
    const run = await a.run(delivery());
    expect(run.error).toMatchObject({ name: 'LockStoreError' });
    expect(run.took).toBe(45_000);
  });

  it('is not harmed by a takeover that lands after somebody else’s', async () => {
    const world = await worldAfterCrash();
    const a = world.instance({
      settings,
      faults: anyOf(on('put', 1, 'request-late'), on('put', 2, 'final-error')),
      random: () => 0,
    });
    await a.run(redelivery());
    const b = world.instance({ random: () => 0 });
    expect((await b.run(redelivery())).outcome).toBe('completed');
    const before = await world.stored();
    await a.network.lateRequests[0]?.arrive();
    expect(await world.stored()).toEqual(before);
  });
});

describe('a store that answers what is no lock', () => {
  it.each(['', 'not a lock', '{"schema":99}'])('fails closed, and does not take it for free: %j', async (text) => {
    const world = new World();
    world.locks.plant(lockOf('m-1'), text);
    const settings = { activeLockWaitMs: seconds(0) };
    const runs = [delivery(), redelivery()].map((each) => world.instance({ settings }).run(each));
    for (const run of await Promise.all(runs)) {
      expect(run.error).toMatchObject({ name: 'LockStoreError', isTransient: false });
    }
    await expect(world.stored()).rejects.toThrow('is not a lock');
  });
});
