import { describe, expect, it } from 'vitest';
import type { MessageHandler } from '../../../src/application/ports/message-handler.ts';
import { seconds } from '../../../src/domain/time.ts';
import { attempts } from '../../support/attempts.ts';
import { delivery, redelivery } from '../../support/deliveries.ts';
import { whenever } from '../../support/faults.ts';
import { type Instance, World } from '../../support/message-run.ts';

const failing = async () => Promise.reject(new Error('no connection'));

describe('a step', () => {
  it('hands out what JSON keeps of its result, in the first attempt as in the next', async () => {
    const world = new World();
    const results: unknown[] = [];
    const handler: MessageHandler = async (_, { step, attempt }) => {
      const value = { at: new Date(0), none: undefined, list: [null, 1.5], nested: { ä: '😀' } };
      results.push(await step<unknown>('look', () => value), await step('tell', () => undefined));
      results.push(await step('count', () => null));
      if (attempt === 1) throw new Error('once more');
    };
    await attempts(world, handler, handler);
    const look = { at: '1970-01-01T00:00:00.000Z', list: [null, 1.5], nested: { ä: '😀' } };
    expect(results).toEqual([look, undefined, null, look, undefined, null]);
    expect(Object.keys(results[0] as object)).toEqual(Object.keys(results[3] as object));
  });

  it('is not run again when a later one fails; the failed one is', async () => {
    const world = new World();
    const executed: string[] = [];
    const handler: MessageHandler = async (_, { step, attempt }) => {
      await step('charge', () => executed.push('charge'));
      await step('ship', () => {
        executed.push('ship');
        if (attempt < 3) throw new Error('no connection');
      });
    };
    const runs = await attempts(world, handler, handler, handler);
    expect(runs.map(({ outcome }) => outcome)).toEqual([undefined, undefined, 'completed']);
    expect(executed).toEqual(['charge', 'ship', 'ship', 'ship']);
  });

  it('can be tried again by the handler itself', async () => {
    const world = new World();
    let tries = 0;
    const [run] = await attempts(world, async (_, { step }) => {
      for (let count = 0; count < 3; count += 1) {
        await step(`charge ${count}`, () => {
          tries += 1;
          if (tries < 3) throw new Error('no connection');
        }).catch(() => undefined);
      }
    });
    expect(run?.outcome).toBe('completed');
    expect(tries).toBe(3);
  });

  it('has a key that is the same in every attempt, and another one for each time that its name comes', async () => {
    const world = new World();
    const keys: string[][] = [];
    const handler: MessageHandler = async (_, { step, attempt }) => {
      const ofAttempt: string[] = [];
      keys.push(ofAttempt);
      for (const item of [1, 2, 3]) {
        await step('charge', ({ idempotencyKey }) => {
          ofAttempt.push(idempotencyKey);
          if (item === 3 && attempt < 3) throw new Error('no connection');
        });
      }
    };
    await attempts(world, handler, handler, handler);
    const third = 'queue:m-1:charge:3';
    expect(keys).toEqual([['queue:m-1:charge', 'queue:m-1:charge:2', third], [third], [third]]);
  });

  it('of the same name in a loop gets each time its own result', async () => {
    const world = new World();
    const seen: number[][] = [];
    const handler: MessageHandler = async (_, { step, attempt }) => {
      const results: number[] = [];
      for (const item of [1, 2, 3]) results.push(await step('charge', () => item * 100 + attempt));
      seen.push(results);
      if (attempt === 1) throw new Error('once more');
    };
    await attempts(world, handler, handler);
    expect(seen).toEqual([
      [101, 201, 301],
      [101, 201, 301],
    ]);
  });

  it.each<[string, (steps: readonly Promise<unknown>[]) => Promise<unknown>]>([
    ['waits for both', (steps) => Promise.all(steps)],
    ['waits for none', async () => undefined],
    ['lets errors pass', (steps) => Promise.allSettled(steps)],
  ])(
    'that overlaps another is refused and fails the attempt, and the other one is kept: the handler %s',
    async (_, wait) => {
      const world = new World();
      const executed: string[] = [];
      const a: Instance = world.instance({
        handler: async (_message, { step }) => {
          const charge = async () => {
            await a.clock.sleep(seconds(1));
            executed.push('charge');
          };
          await wait([step('charge', charge), step('ship', () => executed.push('ship'))]);
        },
      });
      const run = await a.run(delivery());
      expect(run.error).toMatchObject({
        name: 'StepUsageError',
        message: 'The step "ship" was begun while "charge" runs. Wait for each step before the next.',
      });
      expect(executed).toEqual(['charge']);
      expect((await world.stored())?.record).toMatchObject({
        state: 'released',
        steps: [{ name: 'charge', status: 'finished' }],
      });
    },
  );

  it.each<[string, readonly string[], readonly string[]]>([
    ['another name', ['charge', 'ship'], ['charge', 'send']],
    ['another order', ['charge', 'ship'], ['ship', 'charge']],
    ['one more before it', ['charge'], ['check', 'charge']],
  ])('under %s than before is an error, and gets nobody else’s result', async (_, before, after) => {
    const world = new World();
    const executed: string[] = [];
    const handlerOf =
      (names: readonly string[]): MessageHandler =>
      async (_message, { step }) => {
        for (const name of names) await step(name, () => executed.push(name));
        throw new Error('once more');
      };
    const [, second] = await attempts(world, handlerOf(before), handlerOf(after));
    expect(second?.error).toMatchObject({ name: 'StepOrderError' });
    expect(executed).toEqual(before);
    expect((await world.stored())?.record.lastError).toContain('StepOrderError: Step');
    expect((await world.stored())?.record.steps.map(({ name }) => name)).toEqual(before);
  });

  it.each([[''], ['a:b'], ['a'.repeat(101)]])('needs a name of the right kind: %j', async (name) => {
    const world = new World();
    const [run] = await attempts(world, (_, { step }) => step(name, () => undefined));
    expect(run?.error).toMatchObject({ name: 'StepUsageError' });
  });

  it.each<[string, MessageHandler]>([
    ['too large', (_, { step }) => step('load', () => 'x'.repeat(64 * 1024))],
    ['no JSON', (_, { step }) => step('load', () => 1n)],
    [
      'circular',
      (_, { step }) =>
        step<unknown>('load', () => {
          const order: unknown[] = [];
          order.push(order);
          return order;
        }),
    ],
    [
      'too much with the others',
      async (_, { step }) => {
        for (let part = 0; part < 10; part += 1) await step(`load ${part}`, () => 'x'.repeat(60_000));
      },
    ],
    ['too large, from the work itself', async () => 'x'.repeat(64 * 1024)],
  ])(
    'whose result cannot be kept fails the message with what to do, and nothing of it is written: %s',
    async (_, handler) => {
      const world = new World();
      const [run] = await attempts(world, handler);
      expect(run?.error).toMatchObject({ name: 'MessageFailedError', isFinal: true });
      expect(String(run?.error)).toMatch(/UnstorableResultError: .*(Return|Store)/);
      const stored = await world.stored();
      expect(stored?.record.state).toBe('failed');
      expect(JSON.stringify(stored?.record).length).toBeLessThan(256 * 1024);
    },
  );

  it('is waited for if the handler did not: the lock is not given up beside it', async () => {
    const world = new World();
    const a: Instance = world.instance({
      handler: async (_, { step }) => {
        void step('charge', () => a.clock.sleep(seconds(3)));
        return 'done';
      },
    });
    const run = await a.run(delivery());
    expect(run).toMatchObject({ outcome: 'completed', took: 3000 });
    expect((await world.stored())?.record).toMatchObject({ state: 'completed', steps: [{ status: 'finished' }] });
    expect(a.requests).toEqual(['put', 'put', 'put']);
  });

  it('fails the attempt if it fails, though the handler did not wait for it', async () => {
    const world = new World();
    const a: Instance = world.instance({
      handler: async (_, { step }) => {
        void step('charge', async () => {
          await a.clock.sleep(seconds(3));
          throw new Error('no connection');
        });
      },
    });
    const run = await a.run(delivery());
    expect(run.error).toMatchObject({ message: 'no connection' });
    expect((await world.stored())?.record.state).toBe('released');
  });

  it('is waited for when the handler gives up on it, before the lock is released', async () => {
    const world = new World();
    const a: Instance = world.instance({
      handler: async (_, { step }) => {
        const charge = step('charge', () => a.clock.sleep(seconds(3)));
        await Promise.race([charge, a.clock.sleep(seconds(1)).then(failing)]);
      },
    });
    const run = await a.run(delivery());
    expect(run).toMatchObject({ error: { message: 'no connection' }, took: 3000 });
    expect((await world.stored())?.record).toMatchObject({ state: 'released', steps: [{ status: 'finished' }] });
  });

  it('begun after the handler has returned is refused', async () => {
    const world = new World();
    let late: Promise<unknown> | undefined;
    const a: Instance = world.instance({
      handler: async (_, { step }) => {
        late = a.clock.sleep(seconds(1)).then(() => step('charge', () => undefined));
        late.catch(() => undefined);
      },
    });
    await a.run(delivery());
    await world.advance(seconds(1));
    await expect(late).rejects.toMatchObject({ name: 'StepUsageError' });
    expect(a.requests).toEqual(['put', 'put']);
  });

  it('that is finished is kept even if its checkpoint cannot be written, by the release', async () => {
    const world = new World();
    const executed: string[] = [];
    const charge: MessageHandler = (_, { step }) => step('charge', () => executed.push('charge'));
    // From 1 s on the store is away, for as long as the lock is valid.
    const a: Instance = world.instance({
      faults: whenever(() => world.now >= 1000 && world.now < 27_000, 'transient-error'),
      handler: async (message, context) => {
        await a.clock.sleep(seconds(1));
        await charge(message, context);
      },
    });
    const run = await a.run(delivery());
    expect(run.error).toBeInstanceOf(Error);
    const b = await world.instance({ handler: charge }).run(redelivery());
    expect(b.outcome).toBe('completed');
    expect(executed).toEqual(['charge']);
  });
});
