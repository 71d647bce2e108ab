import { describe, expect, it } from 'vitest';
import type { LockFaults } from '../../../src/adapters/in-memory/faulty-lock-store.ts';
import type { MessageHandler } from '../../../src/application/ports/message-handler.ts';
import { durationMs, seconds } from '../../../src/domain/time.ts';
import { delivery, redelivery } from '../../support/deliveries.ts';
import { on, whenever } from '../../support/faults.ts';
import { type Instance, World } from '../../support/message-run.ts';

/** An instance whose work only takes time, and heeds its signal. */
function instanceWorkingFor(world: World, ms: number, faults?: LockFaults): Instance {
  const instance: Instance = world.instance({
    handler: (_, { signal }) => instance.clock.sleep(durationMs(ms), signal),
    ...(faults && { faults }),
  });
  return instance;
}

describe('the heartbeat', () => {
  it('is not needed for work shorter than a third of the ttl', async () => {
    const world = new World();
    const a = instanceWorkingFor(world, 9999);
    await a.run(delivery());
    expect(a.requests).toEqual(['put', 'put']);
  });

  it('renews the lock every third of the ttl', async () => {
    const world = new World();
    const a = instanceWorkingFor(world, 35_000);
    const run = a.start(delivery());
    const writtenAt: number[] = [];
    for (let second = 0; second < 34; second += 1) {
      await world.advance(seconds(1));
      writtenAt.push((await world.stored())?.writtenAt ?? 0);
    }
    await world.end(run);
    const start = writtenAt[0] ?? 0;
    expect([...new Set(writtenAt)].map((time) => time - start)).toEqual([0, 10_000, 20_000, 30_000]);
    expect(a.requests).toHaveLength(5);
  });

  it('is put off by every other write', async () => {
    const world = new World();
    const a: Instance = world.instance({
      handler: async (_, { step }) => {
        for (const name of ['one', 'two', 'three']) await step(name, () => a.clock.sleep(seconds(9)));
      },
    });
    await a.run(delivery());
    expect(a.requests).toEqual(['put', 'put', 'put', 'put', 'put']);
  });

  it('keeps work of minutes alive beside a delivery that waits', async () => {
    const world = new World();
    const a = instanceWorkingFor(world, 200_000);
    const run = a.start(delivery());
    const b = world.instance();
    for (let count = 2; run.isRunning && count < 6; count += 1) {
      const waiting = await b.run(redelivery({ deliveryCount: count }));
      if (run.isRunning) expect(waiting.error).toMatchObject({ name: 'ActiveLockError' });
    }
    await world.end(run);
    expect(run.outcome).toBe('completed');
  });

  it('never writes beside another write of its owner', async () => {
    const world = new World();
    let [underWay, most] = [0, 0];
    const slow: LockFaults = () => ({
      kind: 'slow',
      beforeRequest: async () => {
        underWay += 1;
        most = Math.max(most, underWay);
        await a.clock.sleep(seconds(1.5));
      },
      beforeAnswer: async () => {
        await a.clock.sleep(seconds(1.5));
        underWay -= 1;
      },
    });
    const a: Instance = world.instance({
      faults: slow,
      handler: async (_, { step }) => {
        for (let index = 0; index < 8; index += 1) await step('charge', () => a.clock.sleep(seconds(1.1 * index)));
      },
    });
    const run = await a.run(delivery());
    expect(run.outcome).toBe('completed');
    expect(a.requests.length).toBeGreaterThan(11);
    expect(most).toBe(1);
  });

  it.each<[string, MessageHandler, string]>([
    ['completed', async () => 'done', 'completed'],
    ['released', async () => Promise.reject(new Error('no')), 'released'],
  ])('that is under way when the work ends does not undo that the lock is %s', async (_, end, state) => {
    const world = new World();
    const a: Instance = world.instance({
      // Sent at 10 s, it is at the store at 11.5 s; the work ends at 11 s.
      faults: on('put', 2, { kind: 'slow', beforeRequest: () => a.clock.sleep(seconds(1.5)) }),
      handler: async (message, context) => {
        await a.clock.sleep(seconds(11));
        return end(message, context);
      },
    });
    await a.run(delivery());
    expect((await world.stored())?.record.state).toBe(state);
    expect(a.requests).toEqual(['put', 'put', 'put']);
    await world.advance(seconds(100));
    expect(a.requests).toEqual(['put', 'put', 'put']);
  });

  it('that arrives after the release changes nothing', async () => {
    const world = new World();
    const a: Instance = world.instance({
      faults: on('put', 2, 'request-late'),
      handler: async () => {
        await a.clock.sleep(seconds(11));
        throw new Error('no');
      },
    });
    await a.run(delivery());
    const released = await world.stored();
    await a.network.lateRequests[0]?.arrive();
    expect(released?.record.state).toBe('released');
    expect(await world.stored()).toEqual(released);
  });
});

describe('a lock that cannot be renewed', () => {
  const outage = (world: World, from: number, to: number): LockFaults =>
    whenever(() => world.now >= from && world.now < to, 'transient-error');

  it('costs nothing if the store, or a role for it, is back within the validity', async () => {
    const world = new World();
    const a = instanceWorkingFor(world, 60_000, outage(world, 9000, 23_000));
    const run = await a.run(delivery());
    expect(run).toMatchObject({ outcome: 'completed', took: 60_000 });
    expect(a.told('lost')).toEqual([]);
  });

  it('is renewed again by the next heartbeat, and the failed one is told of', async () => {
    const world = new World();
    const a = instanceWorkingFor(world, 60_000, on('put', 2, 'final-error'));
    const run = await a.run(delivery());
    expect(run).toMatchObject({ outcome: 'completed', took: 60_000 });
    expect(a.told('heartbeat-failed')).toHaveLength(1);
  });

  it('aborts the work when its validity ends, which is before others may take it over', async () => {
    const world = new World();
    let abortedAt = 0;
    let reason: unknown;
    const a: Instance = world.instance({
      faults: outage(world, 9000, 100_000),
      handler: async (_, { signal }) => {
        signal.addEventListener('abort', () => {
          abortedAt = world.now;
          reason = signal.reason;
        });
        await a.clock.sleep(seconds(200), signal);
      },
    });
    await a.run(delivery());
    expect(abortedAt).toBeGreaterThan(24_000);
    expect(abortedAt).toBeLessThanOrEqual(25_000);
    expect(String(reason)).toBe(
      'LockLostError: The lock of message ID m-1 was lost since it could not be renewed in time.',
    );
  });

  it('starts no step after its validity, and goes on with the next once the store is back', async () => {
    const world = new World();
    const startedAt: number[] = [];
    const a: Instance = world.instance({
      faults: outage(world, 9000, 28_000),
      handler: async (_, { step }) => {
        await a.clock.sleep(seconds(24.5));
        for (const name of ['one', 'two']) {
          await step(name, async () => {
            startedAt.push(world.now);
            await a.clock.sleep(seconds(0.6));
          }).catch(() => undefined);
        }
      },
    });
    await a.run(delivery());
    expect(startedAt[0]).toBe(24_500);
    // 25.1 s is past the validity.
    expect(startedAt.filter((time) => time > 25_000 && time < 28_000)).toEqual([]);
  });
});
