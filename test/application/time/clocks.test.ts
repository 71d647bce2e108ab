import { describe, expect, it } from 'vitest';
import { InMemoryLockStore } from '../../../src/adapters/in-memory/in-memory-lock-store.ts';
import { durationMs, seconds } from '../../../src/domain/time.ts';
import { delivery, redelivery } from '../../support/deliveries.ts';
import { type Instance, type InstanceClock, World } from '../../support/message-run.ts';

const hour = 3_600_000;

/** A clock of an instance, wrong from its start or from 7 s on. */
const clocks: readonly [string, number, (clock: InstanceClock) => void][] = [
  ['right', 0, () => undefined],
  ['an hour fast', hour, () => undefined],
  ['an hour slow', -hour, () => undefined],
  ['set forward by an hour', 0, (clock) => clock.jump(hour)],
  ['set back by an hour', 0, (clock) => clock.jump(-hour)],
  ['standing still', 0, (clock) => clock.stop()],
];
const pairs = clocks.flatMap((one) => clocks.map((other) => [one[0], other[0], one, other] as const));

describe('no clock of an instance decides who owns a lock', () => {
  it.each(pairs)('the owner’s %s, the other’s %s: nobody takes over from who is at work', async (_, __, one, other) => {
    const world = new World();
    const a: Instance = world.instance({ wallOffset: one[1], handler: () => a.clock.sleep(seconds(80)) });
    const run = a.start(delivery());
    await world.advance(seconds(7));
    one[2](a.clock);
    const b = world.instance({ wallOffset: other[1] });
    const waiting = b.start(redelivery());
    await world.advance(seconds(7));
    other[2](b.clock);
    await world.end(waiting);
    expect(waiting).toMatchObject({ error: { name: 'ActiveLockError' }, took: 45_000 });
    await world.end(run);
    expect(run).toMatchObject({ outcome: 'completed', took: 80_000 });
  });

  it.each(pairs)('the owner’s %s, the other’s %s: a crash costs as long as ever', async (_, __, one, other) => {
    const world = new World();
    const a: Instance = world.instance({ wallOffset: one[1], handler: () => a.clock.sleep(seconds(80)) });
    a.start(delivery());
    await world.advance(seconds(7));
    one[2](a.clock);
    a.crash();
    const b = world.instance({ wallOffset: other[1], random: () => 0 });
    const waiting = b.start(redelivery());
    other[2](b.clock);
    await world.advance(durationMs(27_999));
    expect((await world.stored())?.record.attempt).toBe(1);
    await world.end(waiting);
    expect(waiting.outcome).toBe('completed');
    expect(world.now).toBeLessThanOrEqual(37_000);
  });
});

describe('a store whose machines disagree about the time', () => {
  /** A store whose answers to reads are ahead of the stamps of its writes. */
  const worldAhead = (ahead: number) =>
    new World((writeClock) => new InMemoryLockStore({ writeClock, answerClock: () => writeClock() + ahead }));

  it('makes the next owner wait until the old one’s ttl has passed by the stamps of both writes', async () => {
    const world = worldAhead(20_000);
    const a: Instance = world.instance({ handler: () => a.clock.sleep(seconds(80)) });
    const run = a.start(delivery());
    await world.advance(durationMs(0));
    a.machine.freeze();
    let startedAt = 0;
    const b: Instance = world.instance({
      random: () => 0,
      handler: async () => {
        startedAt = world.now;
      },
    });
    const taken = b.start(redelivery());
    await world.end(taken);
    expect(taken.outcome).toBe('completed');
    const [disagreement] = b.told('clock-disagreement');
    const apart = (disagreement?.writtenAt ?? 0) - (disagreement?.previousWrittenAt ?? 0);
    expect(apart).toBeLessThan(30_000);
    expect(disagreement?.waitMs).toBe(31_000 - apart);
    expect(startedAt).toBeGreaterThan(30_000);
    a.machine.thaw();
    await world.end(run);
    expect(run.error).toMatchObject({ name: 'LockLostError' });
  });

  it('makes nobody wait if the stamps of both writes are more than a ttl apart', async () => {
    const world = worldAhead(5000);
    const a: Instance = world.instance({ handler: async () => a.crash() });
    a.start(delivery());
    await world.advance(seconds(60));
    const b = world.instance({ random: () => 0 });
    expect(await b.run(redelivery())).toMatchObject({ outcome: 'completed', took: 0 });
    expect(b.told('clock-disagreement')).toEqual([]);
  });

  it('takes nothing over while the answers are behind the writes', async () => {
    const world = worldAhead(-hour);
    const a: Instance = world.instance({ handler: async () => a.crash() });
    a.start(delivery());
    await world.advance(seconds(60));
    const run = await world.instance().run(redelivery());
    expect(run.error).toMatchObject({ name: 'ActiveLockError' });
  });

  it('still gives each owner a greater token', async () => {
    const world = worldAhead(-hour);
    const tokens: number[] = [];
    for (let count = 1; count <= 3; count += 1) {
      const instance = world.instance({
        handler: async (_, { fencingToken }) => {
          tokens.push(fencingToken);
          throw new Error('once more');
        },
      });
      await instance.run(delivery({ deliveryCount: count }));
    }
    expect(tokens.map((token) => token - (tokens[0] ?? 0))).toEqual([0, 1, 2]);
  });
});
