import { describe, expect, it } from 'vitest';
import type { LockFaults } from '../../../src/adapters/in-memory/faulty-lock-store.ts';
import type { MessageHandler } from '../../../src/application/ports/message-handler.ts';
import { StepNotDone } from '../../../src/domain/step-errors.ts';
import { durationMs, seconds } from '../../../src/domain/time.ts';
import { attempts } from '../../support/attempts.ts';
import { delivery, redelivery } from '../../support/deliveries.ts';
import { anyOf, on, whenever } from '../../support/faults.ts';
import { type Instance, World } from '../../support/message-run.ts';

const failing = async () => Promise.reject(new Error('no connection'));

describe('a step that may run at most once', () => {
  /** Work that is this one step; and the attempts in which its effect was made. */
  const charging = () => {
    const charged: number[] = [];
    const charge =
      (work: () => unknown = () => undefined): MessageHandler =>
      (_, { step, attempt }) =>
        step(
          'charge',
          async () => {
            await work();
            charged.push(attempt);
          },
          { atMostOnce: true },
        );
    return { charge, charged };
  };

  it('writes that it begins, and waits for the answer, before it begins', async () => {
    const world = new World();
    const { charge, charged } = charging();
    const before: unknown[] = [];
    const [run] = await attempts(
      world,
      charge(async () => before.push((await world.stored())?.record.steps)),
    );
    expect(run?.outcome).toBe('completed');
    expect(charged).toEqual([1]);
    expect(before).toEqual([[{ name: 'charge', status: 'started', result: null, at: '2024-01-01T00:00:00.000Z' }]]);
  });

  it('is not run again after a crash, and the handler decides', async () => {
    const world = new World();
    const { charge, charged } = charging();
    const crashing: Instance = world.instance({ handler: charge(() => crashing.crash()) });
    crashing.start(delivery());
    await world.advance(durationMs(0));
    const found = world.instance({
      random: () => 0,
      handler: async (_, { step }) => {
        await expect(step('charge', failing, { atMostOnce: true })).rejects.toMatchObject({
          name: 'StepInterrupted',
          step: 'charge',
        });
        return step('ask the bank', () => 'it was charged');
      },
    });
    expect((await found.run(redelivery())).outcome).toBe('completed');
    expect(charged).toEqual([1]);
    expect((await world.stored())?.record.result).toBe('"it was charged"');
  });

  it('is not run again after it has thrown: nobody knows how far it got', async () => {
    const world = new World();
    const { charge, charged } = charging();
    const handler = charge(failing);
    const [, second] = await attempts(world, handler, handler);
    expect(second?.error).toMatchObject({ name: 'StepInterrupted' });
    expect(charged).toEqual([]);
  });

  it('is run again after it has said that it did nothing', async () => {
    const world = new World();
    const { charge, charged } = charging();
    const nothing = charge(() => Promise.reject(new StepNotDone('the bank is closed')));
    const [, second] = await attempts(world, nothing, charge());
    expect(second?.outcome).toBe('completed');
    expect(charged).toEqual([2]);
  });

  it('is run again after it has said so while a heartbeat was under way', async () => {
    const world = new World();
    const { charge, charged } = charging();
    const a: Instance = world.instance({
      // The heartbeat of 10 s is answered at 12 s; the step ends at 11 s.
      faults: on('put', 3, { kind: 'slow', beforeAnswer: () => a.clock.sleep(seconds(2)) }),
      handler: charge(async () => {
        await a.clock.sleep(seconds(11));
        throw new StepNotDone('the bank is closed');
      }),
    });
    await a.run(delivery());
    const b = await world.instance({ handler: charge(), random: () => 0 }).run(redelivery());
    expect(b.outcome).toBe('completed');
    expect(charged).toEqual([2]);
  });

  it.each<[string, (world: World) => LockFaults]>([
    [
      'its beginning could not be stored',
      (world) => whenever(() => world.now >= 1000 && world.now < 27_000, 'transient-error'),
    ],
    [
      'its beginning was stored, and nobody could tell in time',
      (world) =>
        anyOf(
          on('put', 2, 'answer-lost'),
          whenever(() => world.now >= 1000 && world.now < 27_000, 'transient-error'),
        ),
    ],
    [
      'the lock was no longer valid when its beginning was stored',
      (world) =>
        anyOf(
          on('put', 2, { kind: 'slow', beforeAnswer: async () => world.clock.stall(seconds(26)) }),
          whenever(() => world.now >= 27_000 && world.now < 35_000, 'transient-error'),
        ),
    ],
  ])('is run again if it never began: %s', async (_, faults) => {
    const world = new World();
    const { charge, charged } = charging();
    const a: Instance = world.instance({
      faults: faults(world),
      handler: async (message, context) => {
        await a.clock.sleep(seconds(1));
        return charge()(message, context);
      },
    });
    const run = await a.run(delivery());
    expect(run.error).toBeInstanceOf(Error);
    expect(charged).toEqual([]);
    const b = await world.instance({ handler: charge(), random: () => 0 }).run(redelivery());
    expect(b.outcome).toBe('completed');
    expect(charged).toEqual([2]);
  });
});
