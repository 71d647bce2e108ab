import { describe, expect, it } from 'vitest';
import type { LockFaults } from '../../../src/adapters/in-memory/faulty-lock-store.ts';
import { InMemoryFencedStore } from '../../../src/adapters/in-memory/in-memory-fenced-store.ts';
import { type DurationMs, seconds } from '../../../src/domain/time.ts';
import { delivery, redelivery } from '../../support/deliveries.ts';
import { anyOf, on, whenever } from '../../support/faults.ts';
import { type Instance, World } from '../../support/message-run.ts';

/** An instance whose work is a pause, then a step; when that began, and after how many requests of the instance. */
function instanceWithStepAfter(world: World, pause: DurationMs, faults?: LockFaults) {
  const begun: number[] = [];
  const requestsBefore: number[] = [];
  const instance: Instance = world.instance({
    handler: async (_, { step }) => {
      await instance.clock.sleep(pause);
      await step('charge', () => {
        begun.push(world.now);
        requestsBefore.push(instance.requests.length);
      });
    },
    random: () => 0,
    ...(faults && { faults }),
  });
  return { instance, begun, requestsBefore };
}

/** Nothing of the instance runs for so long. */
async function frozenFor(world: World, instance: Instance, ms: DurationMs): Promise<void> {
  instance.machine.freeze();
  await world.advance(ms);
  instance.machine.thaw();
}

describe('an owner whose process stood still past its validity', () => {
  it('starts no step if it was taken over, and learns it from the store before that', async () => {
    const world = new World();
    const { instance: a, begun } = instanceWithStepAfter(world, seconds(5));
    const run = a.start(delivery());
    await world.advance(seconds(1));
    a.machine.freeze();
    const b = world.instance({ handler: () => b.clock.sleep(seconds(30)), random: () => 0 });
    const taken = b.start(redelivery());
    await world.advance(seconds(45));
    a.machine.thaw();
    await world.end(run);
    expect(begun).toEqual([]);
    expect(run.error).toMatchObject({ name: 'LockLostError', isFinal: false });
    expect(a.told('lost')).toMatchObject([{ how: 'to another execution' }]);
    await world.end(taken);
    expect(taken.outcome).toBe('completed');
    expect((await world.stored())?.record.owner).toBe(b.told('taken-over')[0]?.owner);
  });

  it('renews first and goes on if nobody took it over', async () => {
    const world = new World();
    const { instance: a, requestsBefore } = instanceWithStepAfter(world, seconds(5));
    const run = a.start(delivery());
    await world.advance(seconds(1));
    await frozenFor(world, a, seconds(45));
    await world.end(run);
    expect(run.outcome).toBe('completed');
    expect(requestsBefore[0]).toBeGreaterThan(1);
  });

  it('does so after a stall of the event loop, in whatever order the overdue timers come', async () => {
    const world = new World();
    const { instance: a, begun } = instanceWithStepAfter(world, seconds(5));
    const run = a.start(delivery());
    await world.advance(seconds(1));
    world.clock.stall(seconds(45));
    await world.end(run);
    expect(run.outcome).toBe('completed');
    expect(begun).toHaveLength(1);
    expect(a.requests).toEqual(['put', 'put', 'put', 'put']);
  });

  it('is refused by a fenced effect if it stood still within a step, where no lock can help', async () => {
    const world = new World();
    const effects = new InMemoryFencedStore();
    const answers: string[] = [];
    const working = (pause: DurationMs): Instance => {
      const instance: Instance = world.instance({
        random: () => 0,
        handler: (_, { step, owner }) =>
          step('charge', async ({ fencingToken }) => {
            await instance.clock.sleep(pause);
            const content = { bytes: Buffer.from(owner), contentType: 'text/plain' };
            answers.push(`${owner} ${await effects.put('m-1', content, { fencingToken, owner })}`);
          }),
      });
      return instance;
    };
    const a = working(seconds(5));
    const run = a.start(delivery());
    await world.advance(seconds(1));
    a.machine.freeze();
    await working(seconds(1)).run(redelivery());
    a.machine.thaw();
    await world.end(run);
    expect(answers).toEqual(['owner-2 stored', 'owner-1 refused']);
    expect(run.error).toMatchObject({ name: 'LockLostError' });
  });
});

describe('the validity of a lock', () => {
  it('counts from before its write was sent: an answer that comes too late means a renewal before the work', async () => {
    const world = new World();
    let startedAfter: number | undefined;
    const a: Instance = world.instance({
      faults: on('put', 1, { kind: 'slow', beforeAnswer: async () => world.clock.stall(seconds(26)) }),
      handler: async () => {
        startedAfter = a.requests.length;
      },
    });
    expect((await a.run(delivery())).outcome).toBe('completed');
    expect(startedAfter).toBe(2);
  });

  it.each([1, 2, 3, 4, 5])('starts the work on a renewal answered in time, after %i answers too late', async (late) => {
    const world = new World();
    let sentAt = 0;
    let ageAtStart: number | undefined;
    const a: Instance = world.instance({
      faults: ({ nth }) => {
        const now = world.now;
        const beforeAnswer = async () => {
          if (nth <= late) world.clock.stall(seconds(26));
          sentAt = now;
        };
        return { kind: 'slow', beforeAnswer };
      },
      handler: async () => {
        ageAtStart = world.now - sentAt;
      },
    });
    expect((await a.run(delivery())).outcome).toBe('completed');
    expect(ageAtStart).toBe(0);
  });

  it('needs no renewal before the work for an answer that comes just in time', async () => {
    const world = new World();
    const a = world.instance({
      settings: { lockTtlMs: seconds(30) },
      faults: on('put', 1, { kind: 'slow', beforeAnswer: async () => world.clock.stall(seconds(9)) }),
    });
    await a.run(delivery());
    expect(a.requests).toEqual(['put', 'put']);
  });

  it('starts no work if that renewal is not answered', async () => {
    const world = new World();
    let isStarted = false;
    const a: Instance = world.instance({
      faults: anyOf(
        on('put', 1, { kind: 'slow', beforeAnswer: async () => world.clock.stall(seconds(26)) }),
        whenever(() => world.now > 0, 'request-lost'),
      ),
      handler: async () => {
        isStarted = true;
      },
    });
    const run = await a.run(delivery());
    expect(run.error).toBeInstanceOf(Error);
    expect(isStarted).toBe(false);
  });

  it('starts no work if that renewal finds another owner', async () => {
    const world = new World();
    let isStarted = false;
    const a: Instance = world.instance({
      faults: on('put', 1, { kind: 'slow', beforeAnswer: () => a.clock.sleep(seconds(40)) }),
      handler: async () => {
        isStarted = true;
      },
    });
    const run = a.start(delivery());
    const b: Instance = world.instance({ handler: () => b.clock.sleep(seconds(20)), random: () => 0 });
    const other = b.start(redelivery());
    await world.end(run);
    await world.end(other);
    expect(run.error).toMatchObject({ name: 'LockLostError' });
    expect(isStarted).toBe(false);
    expect(other.outcome).toBe('completed');
  });
});

describe('a clock that does not run with the time', () => {
  it('starts no step on a monotonic clock that slept with its machine, if the lock was taken over', async () => {
    const world = new World();
    const { instance: a, begun } = instanceWithStepAfter(world, seconds(5));
    const run = a.start(delivery());
    await world.advance(seconds(1));
    a.machine.freeze();
    const b: Instance = world.instance({ handler: () => b.clock.sleep(seconds(40)), random: () => 0 });
    const other = b.start(redelivery());
    await world.advance(seconds(60));
    a.clock.wasSuspendedFor(60_000);
    a.machine.thaw();
    await world.end(run);
    expect(begun).toEqual([]);
    expect(run.error).toMatchObject({ name: 'LockLostError' });
    await world.end(other);
  });

  it.each([60_000, 3_600_000])('renews once and goes on when only the wall clock moved by %i ms', async (by) => {
    const world = new World();
    const { instance: a, begun } = instanceWithStepAfter(world, seconds(5));
    const run = a.start(delivery());
    await world.advance(seconds(1));
    a.clock.jump(by);
    await world.end(run);
    expect(run).toMatchObject({ outcome: 'completed', took: 5000 });
    expect(begun).toEqual([5000]);
    expect(a.requests).toEqual(['put', 'put', 'put', 'put']);
  });

  it.each<[string, (instance: Instance) => void]>([
    ['is set back by an hour', ({ clock }) => clock.jump(-3_600_000)],
    ['stands still', ({ clock }) => clock.stop()],
  ])('goes on renewing when the wall clock %s', async (_, change) => {
    const world = new World();
    const { instance: a, begun } = instanceWithStepAfter(world, seconds(100));
    const run = a.start(delivery());
    await world.advance(seconds(1));
    change(a);
    const b = await world.instance().run(redelivery());
    expect(b.error).toMatchObject({ name: 'ActiveLockError' });
    await world.end(run);
    expect(run.outcome).toBe('completed');
    expect(begun).toEqual([100_000]);
  });

  it('leaves the last write its time when the wall clock moved by an hour during the work', async () => {
    const world = new World();
    const a: Instance = world.instance({
      handler: async () => {
        await a.clock.sleep(seconds(2));
        a.clock.jump(3_600_000);
      },
      faults: whenever(() => world.now >= 1000 && world.now < 20_000, 'request-lost'),
    });
    const run = await a.run(delivery());
    expect(run.outcome).toBe('completed');
    expect(run.took).toBeLessThan(25_000);
  });
});
