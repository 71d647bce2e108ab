import { describe, expect, it } from 'vitest';
import { type DurationMs, durationMs, seconds } from '../../../src/domain/time.ts';
import { delivery, redelivery } from '../../support/deliveries.ts';
import { whenever } from '../../support/faults.ts';
import { type Instance, World } from '../../support/message-run.ts';

const forever = () => new Promise(() => undefined);

/** Starts `instance` and aborts its shutdown signal after `ms`. */
async function shutDownAfter(world: World, instance: Instance, ms: DurationMs, of = delivery()) {
  const shutdown = new AbortController();
  const run = instance.start(of, { shutdown: shutdown.signal });
  await world.advance(ms);
  shutdown.abort(new Error('SIGTERM'));
  await world.end(run);
  return { run, tookAfter: run.took - ms };
}

describe('the deadline', () => {
  it('aborts the work 30 s before the host would end it, and releases the lock once the work has ended', async () => {
    const world = new World();
    const reasons: unknown[] = [];
    let endedAt = 0;
    const a: Instance = world.instance({
      handler: async (_, { signal }) => {
        await a.clock.sleep(seconds(1000), signal).catch((reason) => reasons.push(reason, world.now));
        await a.clock.sleep(seconds(6));
        endedAt = world.now;
        signal.throwIfAborted();
      },
    });
    const run = a.start(delivery());
    await world.advance(seconds(275));
    expect((await world.stored())?.record.state).toBe('held');
    await world.end(run);
    expect(reasons).toEqual([expect.objectContaining({ name: 'DeadlineError' }), 270_000]);
    expect(run.error).toMatchObject({
      name: 'DeadlineError',
      message: 'The work of message ID m-1 did not finish within 270 s.',
    });
    expect(endedAt).toBe(276_000);
    expect((await world.stored())?.record).toMatchObject({ state: 'released', failures: 1 });
  });

  it('leaves the lock of work that ignores its signal held, renews it no more, and throws', async () => {
    const world = new World();
    const a = world.instance({ handler: forever });
    const run = await a.run(delivery());
    expect(run.error).toMatchObject({ name: 'WorkNotSettledError', cause: { name: 'DeadlineError' } });
    expect(run.took).toBe(280_000);
    const requests = a.requests.length;
    expect((await world.stored())?.record.state).toBe('held');
    const b = await world.instance({ random: () => 0 }).run(redelivery());
    expect(b.outcome).toBe('completed');
    expect(b.took).toBeLessThanOrEqual(37_000);
    expect(a.requests).toHaveLength(requests);
  });

  it('waits for the answer to a heartbeat that is under way: nothing of an execution outlives it', async () => {
    const world = new World();
    let isAnswered = true;
    const a: Instance = world.instance({
      handler: forever,
      faults: whenever(() => world.now >= 275_000, {
        kind: 'slow',
        beforeAnswer: async () => {
          isAnswered = false;
          await a.clock.sleep(seconds(1.9));
          isAnswered = true;
        },
      }),
      // A heartbeat every 10.3 s, the last one at 279 s; nobody waits for the handler after 280 s.
      settings: { lockTtlMs: seconds(31) },
    });
    const run = await a.run(delivery());
    expect(run.error).toMatchObject({ name: 'WorkNotSettledError' });
    expect(run.took).toBeGreaterThan(280_000);
    expect(isAnswered).toBe(true);
  });

  it('takes what was waited for before the work from its time', async () => {
    const world = new World();
    const first: Instance = world.instance({
      handler: (_, { signal }) => first.clock.sleep(seconds(40), signal).then(() => Promise.reject(new Error('no'))),
    });
    first.start(delivery());
    await world.advance(seconds(1));
    let abortedAt = 0;
    const second: Instance = world.instance({
      handler: async (_, { signal }) => {
        await second.clock.sleep(seconds(1000), signal).catch(() => undefined);
        abortedAt = world.now;
      },
    });
    await second.run(redelivery());
    expect(abortedAt).toBe(271_000);
  });

  it('is met also if the store stops to answer just before it', async () => {
    const world = new World();
    const a: Instance = world.instance({
      // The step's checkpoint moves a heartbeat to 276 s, which would be tried for the 15 s that the lock is valid then.
      handler: async (_, { step }) => {
        await step('charge', () => a.clock.sleep(seconds(266)));
        await a.clock.sleep(seconds(13.9));
      },
      faults: whenever(() => world.now > 266_500, {
        kind: 'request-lost',
        beforeAnswer: () => a.clock.sleep(seconds(2)),
      }),
    });
    const run = await a.run(delivery());
    expect(run.error).toMatchObject({ name: 'LockUndecidedError' });
    expect(run.took).toBeGreaterThan(285_000);
    expect(run.took).toBeLessThanOrEqual(290_000);
  });
});

describe('a shutdown', () => {
  it('releases the lock as soon as the work has ended, for the next one to take over at once', async () => {
    const world = new World();
    const a: Instance = world.instance({
      handler: async (_, { step, signal }) => {
        await step('charge', () => 'receipt-1');
        await step('ship', () => a.clock.sleep(seconds(60), signal));
      },
    });
    const { run, tookAfter } = await shutDownAfter(world, a, seconds(3));
    expect(run.error).toMatchObject({ name: 'ShutdownError' });
    expect(tookAfter).toBeLessThan(250);
    expect((await world.stored())?.record).toMatchObject({ state: 'released', failures: 0, retryAfterMs: 0 });
    const next = await world
      .instance({ handler: (_, { step }) => step('charge', () => 'receipt-2') })
      .run(redelivery());
    expect(next).toMatchObject({ outcome: 'completed', took: 0 });
    expect((await world.stored())?.record).toMatchObject({ attempt: 2, crashes: 0, result: '"receipt-1"' });
  });

  it('lets work that ends within 2 s complete', async () => {
    const world = new World();
    const a: Instance = world.instance({ handler: () => a.clock.sleep(seconds(4)) });
    expect((await shutDownAfter(world, a, seconds(2.5))).run.outcome).toBe('completed');
  });

  it('leaves the lock of work that ignores its signal held, within 5 s', async () => {
    const world = new World();
    const { run, tookAfter } = await shutDownAfter(world, world.instance({ handler: forever }), seconds(3));
    expect(run.error).toMatchObject({ name: 'WorkNotSettledError', cause: { name: 'ShutdownError' } });
    expect(tookAfter).toBeLessThanOrEqual(5000);
    expect((await world.stored())?.record.state).toBe('held');
  });

  it('starts no work any more', async () => {
    const world = new World();
    let isStarted = false;
    const a = world.instance({
      handler: async () => {
        isStarted = true;
      },
    });
    const { run } = await shutDownAfter(world, a, durationMs(0));
    expect(run.outcome).toBe('completed');
    isStarted = false;
    const late = a.start(delivery({ id: 'm-2' }), { shutdown: AbortSignal.abort(new Error('SIGTERM')) });
    await world.end(late);
    expect(late.error).toMatchObject({ name: 'ShutdownError' });
    expect(isStarted).toBe(false);
    expect((await world.stored('m-2'))?.record.state ?? 'released').toBe('released');
  });

  it('ends a wait for an active lock at once', async () => {
    const world = new World();
    const a: Instance = world.instance({ handler: () => a.clock.sleep(seconds(60)) });
    const working = a.start(delivery());
    const { run, tookAfter } = await shutDownAfter(world, world.instance(), seconds(10), redelivery());
    expect(run.error).toMatchObject({ name: 'ShutdownError' });
    expect(tookAfter).toBeLessThan(250);
    await world.end(working);
  });

  it.each([
    ['refuses at once', 0],
    ['does not answer', 2000],
  ])('takes less than 5 s also while the store %s', async (_, requestMs) => {
    const world = new World();
    const a: Instance = world.instance({
      handler: (_message, { signal }) => a.clock.sleep(seconds(60), signal),
      faults: whenever(() => world.now >= 9000, {
        kind: 'transient-error',
        beforeAnswer: () => a.clock.sleep(durationMs(requestMs)),
      }),
    });
    const { run, tookAfter } = await shutDownAfter(world, a, seconds(12.5));
    expect(run.error).toMatchObject({ name: 'ShutdownError' });
    expect(tookAfter).toBeLessThanOrEqual(5000);
    expect(a.told('not-released')).toHaveLength(1);
  });
});
