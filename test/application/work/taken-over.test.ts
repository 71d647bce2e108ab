import { describe, expect, it } from 'vitest';
import { LockLostError } from '../../../src/domain/errors.ts';
import { seconds } from '../../../src/domain/time.ts';
import { delivery, redelivery } from '../../support/deliveries.ts';
import { whenever } from '../../support/faults.ts';
import { type Instance, World } from '../../support/message-run.ts';

describe('an owner whose lock was taken over while it could not see that', () => {
  it('ends its work as soon as it stands still no more, and a heartbeat finds the other at work', async () => {
    const world = new World();
    const aborts: unknown[] = [];
    const a: Instance = world.instance({
      handler: async (_, { signal }) => {
        signal.addEventListener('abort', () => aborts.push(signal.reason));
        await a.clock.sleep(seconds(100), signal);
      },
    });
    const run = a.start(delivery());
    await world.advance(seconds(5));
    a.machine.freeze();
    await world.advance(seconds(55));
    const b: Instance = world.instance({ handler: () => b.clock.sleep(seconds(60)).then(() => 'done by b') });
    const other = b.start(redelivery());
    await world.advance(seconds(3));
    a.machine.thaw();
    await world.advance(seconds(1));
    expect(aborts.map(String)).toEqual(['LockLostError: The lock of message ID m-1 was lost to another execution.']);
    await world.end(run);
    await world.end(other);
    expect(run.error).toBeInstanceOf(LockLostError);
    expect((await world.stored())?.record.result).toBe('"done by b"');
  });

  it('does not take the message for done, with its own work at an end, when the other has failed and released it', async () => {
    const world = new World();
    const a: Instance = world.instance({
      handler: () => a.clock.sleep(seconds(60)),
      faults: whenever(() => world.now >= 5000 && world.now < 200_000, 'request-lost'),
    });
    const run = a.start(delivery());
    await world.advance(seconds(60));
    const failing = world.instance({ handler: () => Promise.reject(new Error('no')) });
    await failing.run(redelivery());
    await world.end(run);
    expect(run.error).toBeInstanceOf(LockLostError);
    expect((await world.stored())?.record).toMatchObject({ state: 'released', lastError: 'Error: no' });
  });
});
