import { describe, expect, it } from 'vitest';
import type { WorkSlot } from '../../../src/application/ports/work-slot.ts';
import { lockDocument } from '../../../src/domain/lock-document.ts';
import { type DurationMs, durationMs, seconds } from '../../../src/domain/time.ts';
import { delivery, redelivery, sentAgain } from '../../support/deliveries.ts';
import { heldBy, lockOf } from '../../support/lock-records.ts';
import { type Instance, type Run, World } from '../../support/message-run.ts';

/** A world in which an instance works on the message for so long. */
async function worldAtWork(ms: DurationMs): Promise<{ world: World; owner: Instance; work: Run }> {
  const world = new World();
  const owner: Instance = world.instance({ handler: () => owner.clock.sleep(ms) });
  const work = owner.start(delivery());
  await world.advance(durationMs(0));
  return { world, owner, work };
}

describe('a delivery that meets an active lock', () => {
  it('waits, then throws who has it until when', async () => {
    const { world, work } = await worldAtWork(seconds(100));
    const b = world.instance();
    const run = await b.run(sentAgain());
    expect(run.took).toBe(45_000);
    expect((run.error as Error).message).toBe(
      'The message ID m-1 has an active lock lock-m-1.lock until 2024-01-01 00:01:10.000000',
    );
    expect(b.told('rejected')).toMatchObject([{ activeOwner: 'owner-1' }]);
    await world.end(work);
    expect(work.outcome).toBe('completed');
  });

  it('names the store’s time of the read that decided, not its own clock’s', async () => {
    const world = new World();
    world.clock.jumpWallTime(Date.UTC(2024, 1, 19, 0, 24, 11, 314) - world.clock.wallTime());
    const id = 'dbce9dc2685c4997acb05f2067ed29a3';
    world.locks.plant(lockOf(id), lockDocument(heldBy('other', { messageId: delivery({ id }).message.id })));
    const b = world.instance({ settings: { activeLockWaitMs: seconds(0) }, wallOffset: 3_600_000 });
    const run = await b.run(redelivery({ id }));
    expect(String(run.error)).toBe(
      `ActiveLockError: The message ID ${id} has an active lock lock-${id}.lock until 2024-02-19 00:24:41.000000`,
    );
  });

  it('neither releases nor deletes what it never had', async () => {
    const { world, work } = await worldAtWork(seconds(60));
    const before = (await world.stored())?.record.owner;
    const b = world.instance();
    await b.run(sentAgain());
    expect(b.requests.filter((request) => request !== 'read')).toEqual(['put']);
    expect((await world.stored())?.record.owner).toBe(before);
    await world.end(work);
  });

  it('takes over within two seconds of the moment that it may, when the owner has crashed', async () => {
    const { world, owner } = await worldAtWork(seconds(20));
    owner.crash();
    const b = world.instance({ random: () => 0.999 });
    const run = b.start(redelivery());
    await world.advance(durationMs(35_999));
    expect((await world.stored())?.record.attempt).toBe(1);
    await world.end(run);
    // The store shows whole seconds; and up to 2 s let neighbours part.
    expect(run).toMatchObject({ outcome: 'completed' });
    expect(run.took).toBeLessThanOrEqual(39_000);
  });

  it('holds to the deadline of its execution when the next rejection would dead-letter the message', async () => {
    const { world, work } = await worldAtWork(seconds(260));
    const run = await world.instance().run(redelivery({ deliveryCount: 10 }));
    expect(run.outcome).toBe('skipped');
    expect(run.took).toBeGreaterThanOrEqual(260_000);
    expect(work.outcome).toBe('completed');
  });
});

describe('the deliveries of one process that wait for one lock', () => {
  it('look at it together, however many they are', async () => {
    const { world, work } = await worldAtWork(seconds(30));
    const b = world.instance({ random: () => 0.5 });
    const runs = Array.from({ length: 100 }, () => b.start(redelivery()));
    await world.advance(durationMs(0));
    expect(b.requests).toHaveLength(100);
    for (const run of runs) await world.end(run);
    expect(runs.map(({ outcome }) => outcome)).toEqual(Array(100).fill('skipped'));
    // One look each 1.75 s, and no request by those who see it completed.
    expect(b.requests.length - 100).toBeLessThanOrEqual(18);
    expect(work.outcome).toBe('completed');
  });

  it('are taken over for by one of them, and the others see that', async () => {
    const { world, owner } = await worldAtWork(seconds(30));
    owner.crash();
    let started = 0;
    const b: Instance = world.instance({
      random: () => 0.5,
      handler: async () => {
        started += 1;
        await b.clock.sleep(seconds(5));
      },
    });
    const runs = Array.from({ length: 20 }, () => b.start(redelivery()));
    for (const run of runs) await world.end(run);
    expect(runs.map(({ outcome }) => outcome).sort()).toEqual(['completed', ...Array(19).fill('skipped')]);
    expect(started).toBe(1);
    expect(b.requests.filter((request) => request === 'put')).toHaveLength(2);
  });

  it('look on when the one that takes over fails', async () => {
    const { world, owner } = await worldAtWork(seconds(30));
    owner.crash();
    let started = 0;
    const b: Instance = world.instance({
      random: () => 0,
      handler: async () => {
        started += 1;
        if (started === 1) throw new Error('no connection');
      },
    });
    const runs = [b.start(redelivery()), b.start(redelivery()), b.start(redelivery())];
    for (const run of runs) await world.end(run);
    expect(runs.map(({ outcome }) => outcome).sort()).toEqual(['completed', 'skipped', undefined]);
    expect(started).toBe(2);
  });

  it('do not wait for one another’s locks', async () => {
    const { world, work } = await worldAtWork(seconds(20));
    const b = world.instance();
    const waiting = b.start(redelivery());
    expect(await b.run(delivery({ id: 'm-2' }))).toMatchObject({ outcome: 'completed', took: 0 });
    await world.end(waiting);
    await world.end(work);
  });
});

/** A slot that tells what became of it, and can be given back late. */
function slotOf(until: Promise<void> = Promise.resolve()): WorkSlot & { readonly log: string[] } {
  const log: string[] = [];
  return {
    log,
    park: () => log.push('parked'),
    unpark: async () => {
      log.push('asked back');
      await until;
      log.push('back');
    },
  };
}

describe('a slot', () => {
  it('is parked while its delivery waits, and back before the work starts', async () => {
    const { world, owner } = await worldAtWork(seconds(20));
    owner.crash();
    const isFree = Promise.withResolvers<void>();
    const slot = slotOf(isFree.promise);
    const b = world.instance({ random: () => 0, handler: async () => slot.log.push('work') });
    const run = b.start(redelivery(), { slot });
    await world.advance(seconds(1));
    expect(slot.log[0]).toBe('parked');
    // Its lock is taken over, and renewed while it waits for its slot.
    await world.advance(seconds(75));
    expect(slot.log.at(-1)).toBe('asked back');
    expect(b.requests.filter((request) => request === 'put').length).toBeGreaterThan(3);
    isFree.resolve();
    await world.end(run);
    expect(run.outcome).toBe('completed');
    expect(slot.log.slice(-2)).toEqual(['back', 'work']);
  });

  it('that does not come back before the deadline costs the attempt, not the lock', async () => {
    const { world, owner } = await worldAtWork(seconds(20));
    owner.crash();
    const slot = slotOf(new Promise(() => undefined));
    const run = world.instance({ random: () => 0 }).start(redelivery(), { slot });
    await world.end(run);
    expect(run.error).toMatchObject({ name: 'DeadlineError' });
    expect((await world.stored())?.record.state).toBe('released');
  });
});
