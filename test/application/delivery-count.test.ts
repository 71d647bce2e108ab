import { describe, expect, it } from 'vitest';
import type { MessageHandler } from '../../src/application/ports/message-handler.ts';
import { durationMs, seconds } from '../../src/domain/time.ts';
import { Broker } from '../support/broker.ts';
import { type Instance, World } from '../support/message-run.ts';

/** Numbers that look like chance and are the same each time. Source: Numerical Recipes, linear congruential generator. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Work that takes `ms`, of which a step is stored every ten seconds. */
const longWork =
  (of: () => Instance, ms: number): MessageHandler =>
  async (_, { step, signal }) => {
    for (let done = 0; done < ms; done += 10_000) {
      await step('part', () => of().clock.sleep(durationMs(Math.min(10_000, ms - done)), signal));
    }
  };

describe('with the default settings', () => {
  it.each([0, 1, 2])(
    'a duplicate beside work of almost five minutes is not dead-lettered, after %i crashes',
    async (crashes) => {
      const world = new World();
      const broker = new Broker(world);
      const instance = (seed: number): Instance => {
        const made: Instance = world.instance({ random: chance(seed), handler: longWork(() => made, 265_000) });
        return made;
      };
      broker.receivers = [instance(1), instance(2)];
      broker.send('m-1');
      broker.send('m-1');
      const drained = broker.drain();
      for (let count = 0; count < crashes; count += 1) {
        while (world.now < (count + 1) * 100_000) await new Promise((resolve) => setImmediate(resolve));
        const owner = (await world.stored())?.record.owner;
        for (const receiver of broker.receivers) {
          if ([...receiver.told('created'), ...receiver.told('taken-over')].at(-1)?.owner !== owner) continue;
          broker.crash(receiver);
          broker.receivers = [...broker.receivers, instance(10 + count)];
        }
      }
      await drained;
      expect(broker.deadLettered).toEqual([]);
      expect(broker.mostDeliveries).toBeLessThan(10);
      expect((await world.stored())?.record).toMatchObject({ state: 'completed', attempt: 1 + crashes });
    },
  );

  it('three crashes of a worker dead-letter none of the fifteen that worked beside the one that caused them', async () => {
    const world = new World();
    const broker = new Broker(world);
    let poisoned = 0;
    const worker = (seed: number): Instance => {
      const made: Instance = world.instance({
        random: chance(seed),
        handler: async ({ id }) => {
          if (id === 'poison' && poisoned < 3) {
            poisoned += 1;
            await made.clock.sleep(durationMs(200));
            broker.crash(made);
            broker.receivers = [worker(seed + 1)];
          }
          await made.clock.sleep(seconds(20));
        },
      });
      return made;
    };
    broker.receivers = [worker(7)];
    for (let nth = 1; nth <= 15; nth += 1) broker.send(`neighbour-${nth}`);
    broker.send('poison');
    await broker.drain();
    expect(poisoned).toBe(3);
    expect(broker.deadLettered).toEqual([]);
    for (let nth = 1; nth <= 15; nth += 1) {
      expect((await world.stored(`neighbour-${nth}`))?.record.state).toBe('completed');
    }
  });

  it('a message that always ends its process is failed with a reason, and its neighbours are done', async () => {
    const world = new World();
    const broker = new Broker(world);
    const worker = (seed: number): Instance => {
      const made: Instance = world.instance({
        random: chance(seed),
        handler: async ({ id }) => {
          await made.clock.sleep(durationMs(200));
          if (id !== 'poison') return made.clock.sleep(seconds(2));
          broker.crash(made);
          broker.receivers = [worker(seed + 1)];
          return undefined;
        },
      });
      return made;
    };
    broker.receivers = [worker(11)];
    for (let nth = 1; nth <= 15; nth += 1) broker.send(`neighbour-${nth}`);
    broker.send('poison');
    await broker.drain();
    expect(broker.deadLettered).toEqual(['poison']);
    expect((await world.stored('poison'))?.record).toMatchObject({ state: 'failed', crashes: 5 });
    expect((await world.stored('poison'))?.record.lastError).toMatch(/^5 executions in a row/);
  });

  it('a message whose work always fails ends failed with a reason, also if its duplicate used up deliveries', async () => {
    const world = new World();
    const broker = new Broker(world);
    broker.receivers = [1, 2].map((seed) => {
      const made: Instance = world.instance({
        random: chance(seed),
        handler: async () => {
          await made.clock.sleep(seconds(60));
          throw new Error('no connection');
        },
      });
      return made;
    });
    broker.send('m-1');
    broker.send('m-1');
    await broker.drain(seconds(7200));
    expect(broker.deadLettered).toEqual(['m-1', 'm-1']);
    expect((await world.stored())?.record.state).toBe('failed');
    expect((await world.stored())?.record.lastError).toContain('Error: no connection');
  });

  it('an outage of the store for five minutes dead-letters nothing', async () => {
    const world = new World();
    const broker = new Broker(world);
    broker.receivers = [
      world.instance({
        random: chance(3),
        faults: () => (world.now < 300_000 ? { kind: 'transient-error' } : undefined),
      }),
    ];
    broker.send('m-1');
    await broker.drain();
    expect(broker.deadLettered).toEqual([]);
  });
});
