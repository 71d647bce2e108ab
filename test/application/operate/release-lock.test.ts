import { describe, expect, it } from 'vitest';
import { ReleaseLock } from '../../../src/application/operate/release-lock.ts';
import type { LockRecord } from '../../../src/domain/lock-record.ts';
import { writeId } from '../../../src/domain/owner.ts';
import { PermanentFailure } from '../../../src/domain/step-errors.ts';
import { seconds } from '../../../src/domain/time.ts';
import { delivery, redelivery } from '../../support/deliveries.ts';
import { heldBy, lockOf, messageId } from '../../support/lock-records.ts';
import { World } from '../../support/message-run.ts';
import { written } from '../../support/written.ts';
import { operatorIn } from './operator-fixture.ts';

const message = { id: messageId('m-1') };
const reason = 'the host is gone';

/** A lock whose first step is done, and whose owner crashed then. */
async function crashed(world: World) {
  const instance = world.instance({
    handler: async (_, { step }) => {
      await step('charge', () => 'receipt');
      instance.crash();
      await step('ship', () => 'never');
    },
  });
  instance.start(delivery());
  await world.advance(seconds(1));
}

/** An instance that ends the work, and what it did. */
function resuming(world: World) {
  const done: string[] = [];
  const instance = world.instance({
    random: () => 0,
    handler: async (_, { step }) => {
      for (const name of ['charge', 'ship']) await step(name, () => void done.push(name));
    },
  });
  return { instance, done };
}

describe('A release by hand', () => {
  it('of an expired lock lets the next delivery resume the work at once', async () => {
    const world = new World();
    await crashed(world);
    await world.advance(seconds(40));
    const { ports, events } = operatorIn(world);
    const outcome = await new ReleaseLock(ports).run({ message, reason });
    expect(outcome).toMatchObject({ kind: 'written', release: { from: 'expired', retryAfterMs: 0 } });
    expect((await world.stored())?.record).toMatchObject({
      state: 'released',
      owner: 'operator:ann:act-1',
      operator: { action: 'release', who: 'ann', reason, at: expect.stringMatching(/^\d{4}-.*Z$/) },
    });
    expect(events).toEqual([
      expect.objectContaining({ kind: 'released-by-operator', messageId: 'm-1', who: 'ann', reason, from: 'expired' }),
    ]);
    const { instance, done } = resuming(world);
    expect(await instance.run(redelivery())).toMatchObject({ outcome: 'completed', took: 0 });
    expect(done).toEqual(['ship']);
    // Who released it, and why, stays to be seen.
    expect((await world.stored())?.record).toMatchObject({ state: 'completed', attempt: 2, operator: { who: 'ann' } });
  });

  it('of an active lock is refused without force, says when it is free, and writes nothing', async () => {
    const world = new World();
    await crashed(world);
    const before = await world.stored();
    const { ports, events } = operatorIn(world);
    const outcome = await new ReleaseLock(ports).run({ message, reason });
    expect(outcome).toMatchObject({
      kind: 'refused',
      refusal: { kind: 'active', freeAt: (before?.writtenAt ?? 0) + 35_000 },
    });
    expect(await world.stored()).toMatchObject({ version: before?.version });
    expect(events).toEqual([]);
  });

  it('by force stops the owner at work, and the next one begins only when that has ended', async () => {
    const world = new World();
    const zombie = world.instance({
      handler: async (_, { step, signal }) => {
        await step('charge', () => 'receipt');
        await zombie.clock.sleep(seconds(100), signal);
      },
    });
    const run = zombie.start(delivery());
    await world.advance(seconds(1));
    const { ports } = operatorIn(world);
    const outcome = await new ReleaseLock(ports).run({ message, reason, isForced: true });
    expect(outcome).toMatchObject({ kind: 'written', release: { from: 'active', retryAfterMs: 35_000 } });
    const { instance, done } = resuming(world);
    const next = await instance.run(redelivery());
    expect(next).toMatchObject({ outcome: 'completed' });
    expect(next.took).toBeGreaterThanOrEqual(35_000);
    expect(done).toEqual(['ship']);
    await world.end(run);
    expect(run.error).toMatchObject({ name: 'LockLostError' });
  });

  it('of a failed lock lets the same physical message be tried again, with all its attempts', async () => {
    const world = new World();
    const failing = world.instance({
      handler: () => Promise.reject(new PermanentFailure('no funds')),
    });
    await failing.run(delivery());
    const { ports } = operatorIn(world);
    await new ReleaseLock(ports).run({ message, reason });
    const { instance } = resuming(world);
    expect(await instance.run(redelivery())).toMatchObject({ outcome: 'completed' });
    expect((await world.stored())?.record).toMatchObject({ attempt: 1 });
  });

  it.each<[string, Partial<LockRecord>, string]>([
    ['of completed work is refused', { state: 'completed' }, 'completed'],
    ['of a released lock is not needed', { state: 'released' }, 'released'],
  ])('%s, also by force', async (_, changes, kind) => {
    const world = new World();
    written(await world.locks.put(lockOf('m-1'), heldBy('owner', changes), 'absent'));
    const { ports } = operatorIn(world);
    const outcome = await new ReleaseLock(ports).run({ message, reason, isForced: true });
    expect(outcome).toMatchObject({ kind: 'refused', refusal: { kind } });
  });

  it('of a lock that is not there says so', async () => {
    const { ports } = operatorIn(new World());
    expect(await new ReleaseLock(ports).run({ message, reason })).toEqual({ kind: 'absent' });
  });

  it('that is only tried out tells what it would do, and writes nothing', async () => {
    const world = new World();
    await crashed(world);
    await world.advance(seconds(40));
    const before = await world.stored();
    const { ports, events } = operatorIn(world);
    const outcome = await new ReleaseLock(ports).run({ message, reason, isDryRun: true });
    expect(outcome).toMatchObject({ kind: 'planned', release: { from: 'expired' } });
    expect(await world.stored()).toMatchObject({ version: before?.version });
    expect(events).toEqual([]);
  });

  it('that another owner comes before writes nothing', async () => {
    const world = new World();
    await crashed(world);
    await world.advance(seconds(40));
    const { instance } = resuming(world);
    const overtaken = async () => void (await instance.run(redelivery()));
    const { ports } = operatorIn(world, ({ operation, nth }) =>
      operation === 'put' && nth === 1 ? { kind: 'slow', beforeRequest: overtaken } : undefined,
    );
    const outcome = await new ReleaseLock(ports).run({ message, reason });
    expect(outcome).toMatchObject({ kind: 'changed', stored: { record: { state: 'completed', attempt: 2 } } });
  });

  it('of an owner that writes again meanwhile is decided on its newest write', async () => {
    const world = new World();
    const locked = heldBy('owner');
    const { version } = written(await world.locks.put(lockOf('m-1'), locked, 'absent'));
    const renewed = () => world.locks.put(lockOf('m-1'), { ...locked, writeId: writeId(locked.owner, 2) }, { version });
    const { ports } = operatorIn(world, ({ operation, nth }) =>
      operation === 'put' && nth === 1 ? { kind: 'slow', beforeRequest: renewed } : undefined,
    );
    const outcome = await new ReleaseLock(ports).run({ message, reason, isForced: true });
    expect(outcome).toMatchObject({ kind: 'written', stored: { record: { writeId: 'owner:2' } } });
  });

  it('is written once, also if its answer is lost', async () => {
    const world = new World();
    await crashed(world);
    await world.advance(seconds(40));
    const { ports } = operatorIn(world, ({ operation, nth }) =>
      operation === 'put' && nth === 1 ? { kind: 'answer-lost' } : undefined,
    );
    const outcome = new ReleaseLock(ports).run({ message, reason });
    await world.advance(seconds(5));
    expect(await outcome).toMatchObject({ kind: 'written' });
    expect((await world.stored())?.record).toMatchObject({
      owner: 'operator:ann:act-1',
      writeId: 'operator:ann:act-1:1',
    });
  });
});
