import { describe, expect, it } from 'vitest';
import { seconds } from '../../../src/domain/time.ts';
import { delivery, redelivery, sentAgain } from '../../support/deliveries.ts';
import { anyOf, on, whenever } from '../../support/faults.ts';
import { lockOf } from '../../support/lock-records.ts';
import { type Instance, type InstanceOptions, type Run, World } from '../../support/message-run.ts';

/** Work that is done at 60 s, on a store that is away from 20 s to 200 s. */
function runThroughOutage(world: World, options: InstanceOptions = {}): { a: Instance; run: Run } {
  const a: Instance = world.instance({
    handler: () => a.clock.sleep(seconds(60)).then(() => 'done by a'),
    faults: whenever(() => world.now >= 20_000 && world.now < 200_000, 'request-lost'),
    ...options,
  });
  return { a, run: a.start(delivery()) };
}

describe('work that is done while the store is away', () => {
  it('is completed when the store is back, long past its validity, if nobody took it over', async () => {
    const world = new World();
    const { a, run } = runThroughOutage(world);
    await world.end(run);
    expect(run.outcome).toBe('completed');
    expect(run.took).toBeGreaterThanOrEqual(200_000);
    expect(run.took).toBeLessThan(202_000);
    expect((await world.stored())?.record).toMatchObject({ state: 'completed', result: '"done by a"' });
    expect(a.told('lost')).toMatchObject([{ how: 'since it could not be renewed in time' }]);
  });

  it('is lost if another instance took it over and is at work', async () => {
    const world = new World();
    const { run } = runThroughOutage(world);
    await world.advance(seconds(60));
    const b: Instance = world.instance({ handler: () => b.clock.sleep(seconds(180)).then(() => 'done by b') });
    const other = b.start(redelivery());
    await world.end(run);
    expect(run.error).toMatchObject({ name: 'LockLostError', isFinal: false });
    await world.end(other);
    expect(other.outcome).toBe('completed');
    expect((await world.stored())?.record.result).toBe('"done by b"');
  });

  it('is done if another instance took it over and completed it: the other result stands', async () => {
    const world = new World();
    const { run } = runThroughOutage(world);
    await world.advance(seconds(60));
    await world.instance({ handler: async () => 'done by b', random: () => 0 }).run(redelivery());
    await world.end(run);
    expect(run.outcome).toBe('completed');
    expect((await world.stored())?.record.result).toBe('"done by b"');
  });

  it('is done if its lock is gone', async () => {
    const world = new World();
    const { run } = runThroughOutage(world);
    await world.advance(seconds(100));
    const stored = await world.stored();
    if (stored) await world.locks.delete(lockOf('m-1'), stored.version);
    await world.end(run);
    expect(run.outcome).toBe('completed');
    expect(await world.stored()).toBeUndefined();
  });

  it('is given back at the last moment of its budget if the store stays away, and is not done again if it was written', async () => {
    const world = new World();
    const { run } = runThroughOutage(world, {
      faults: anyOf(
        whenever(() => world.now >= 59_000, 'answer-lost'),
        whenever(() => world.now >= 20_000, 'request-lost'),
      ),
    });
    await world.end(run);
    expect(run.error).toMatchObject({ name: 'LockUndecidedError', cause: expect.any(Error) });
    expect(run.took).toBeGreaterThan(285_000);
    expect(run.took).toBeLessThanOrEqual(290_000);
    expect((await world.instance().run(redelivery())).outcome).toBe('skipped');
  });

  it('is given back with the reason of a store that somebody has to mend', async () => {
    const world = new World();
    const a = world.instance({ faults: on('put', 2, 'final-error') });
    const run = await a.run(delivery());
    expect(run.error).toMatchObject({ name: 'LockStoreError', isTransient: false });
    expect((await world.stored())?.record.state).toBe('held');
  });
});

describe('a completed message', () => {
  it('costs a redelivery one request and a fresh duplicate two, and no work', async () => {
    const world = new World();
    await world.instance({ handler: async () => 'done' }).run(delivery());
    const b = world.instance();
    expect((await b.run(redelivery())).outcome).toBe('skipped');
    expect(b.requests).toEqual(['read']);
    const c = world.instance();
    expect((await c.run(sentAgain())).outcome).toBe('skipped');
    expect(c.requests).toEqual(['put', 'read']);
    expect(c.told('skipped')).toMatchObject([{ completedBy: 'owner-1' }]);
    expect((await world.stored())?.record).toMatchObject({ owner: 'owner-1', result: '"done"' });
  });

  it('costs one request for each checkpoint more', async () => {
    const world = new World();
    const a = world.instance({
      handler: async (_, { step }) => {
        for (const name of ['one', 'two', 'three']) await step(name, () => undefined);
      },
    });
    await a.run(delivery());
    expect(a.requests).toEqual(['put', 'put', 'put', 'put', 'put']);
  });
});

describe('a lock that is deleted with its work', () => {
  const settings = { keepsCompleted: false };

  it('is gone when the work is done, and a late duplicate is a new life with a greater token', async () => {
    const world = new World();
    const tokens: number[] = [];
    const a = world.instance({ settings, handler: async (_, { fencingToken }) => tokens.push(fencingToken) });
    expect((await a.run(delivery())).outcome).toBe('completed');
    expect(a.requests).toEqual(['put', 'delete']);
    expect(await world.stored()).toBeUndefined();
    await world.advance(seconds(1));
    expect((await a.run(sentAgain())).outcome).toBe('completed');
    expect(tokens[1]).toBeGreaterThan(tokens[0] ?? Number.NaN);
  });

  it.each<[string, Parameters<typeof on>[2], string[]]>([
    ['its answer is lost', 'answer-lost', ['put', 'delete', 'read']],
    ['its request is lost', 'request-lost', ['put', 'delete', 'read', 'delete']],
    ['the store is busy', 'transient-error', ['put', 'delete', 'delete']],
    ['its request is late', 'request-late', ['put', 'delete', 'read', 'delete']],
  ])('is gone all the same when %s', async (_, fault, requests) => {
    const world = new World();
    const a = world.instance({ settings, faults: on('delete', 1, fault) });
    expect((await a.run(delivery())).outcome).toBe('completed');
    expect(a.requests).toEqual(requests);
    expect(await world.stored()).toBeUndefined();
    // A late deletion does not meet the lock's next life.
    const b: Instance = world.instance({ handler: () => b.clock.sleep(seconds(5)) });
    const next = b.start(sentAgain());
    await world.advance(seconds(1));
    await a.network.lateRequests[0]?.arrive();
    expect((await world.stored())?.record.state).toBe('held');
    await world.end(next);
  });

  it('is done, and nobody’s theft, if its answer is lost and another one is created before the read-back', async () => {
    const world = new World();
    const b: Instance = world.instance({ handler: () => b.clock.sleep(seconds(5)) });
    let next: Run | undefined;
    const a = world.instance({
      settings,
      faults: anyOf(
        on('delete', 1, 'answer-lost'),
        on('read', 1, {
          kind: 'slow',
          beforeRequest: async () => {
            next = b.start(sentAgain());
            await world.stored();
          },
        }),
      ),
    });
    expect((await a.run(delivery())).outcome).toBe('completed');
    expect(a.told('lost')).toEqual([]);
    if (next) await world.end(next);
    expect(next?.outcome).toBe('completed');
  });

  it('is gone all the same when a heartbeat of its owner landed late before it', async () => {
    const world = new World();
    const a: Instance = world.instance({
      settings,
      handler: () => a.clock.sleep(seconds(14)),
      faults: anyOf(
        on('put', 2, 'request-late'),
        ({ operation, nth }) => (operation === 'put' && nth > 2 ? { kind: 'request-lost' } : undefined),
        on('delete', 1, {
          kind: 'slow',
          beforeRequest: async () => a.network.lateRequests[0]?.arrive(),
        }),
      ),
    });
    expect((await a.run(delivery())).outcome).toBe('completed');
    expect(a.requests.slice(-3)).toEqual(['delete', 'read', 'delete']);
    expect(await world.stored()).toBeUndefined();
  });

  it('is left alone if another instance took it over', async () => {
    const world = new World();
    const a: Instance = world.instance({ settings, handler: () => a.clock.sleep(seconds(1)) });
    const run = a.start(delivery());
    a.machine.freeze();
    await world.advance(seconds(36));
    const b: Instance = world.instance({ handler: () => b.clock.sleep(seconds(5)), random: () => 0 });
    const other = b.start(redelivery());
    await world.advance(seconds(1));
    a.machine.thaw();
    await world.end(run);
    expect(run.error).toMatchObject({ name: 'LockLostError' });
    await world.end(other);
    expect((await world.stored())?.record).toMatchObject({ state: 'completed', owner: 'owner-2' });
  });
});
