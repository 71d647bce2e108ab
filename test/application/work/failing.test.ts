import { describe, expect, it } from 'vitest';
import type { MessageHandler } from '../../../src/application/ports/message-handler.ts';
import { type Fingerprint, fingerprint } from '../../../src/domain/fingerprint.ts';
import { PermanentFailure } from '../../../src/domain/step-errors.ts';
import { durationMs, seconds } from '../../../src/domain/time.ts';
import { attempts } from '../../support/attempts.ts';
import { delivery, redelivery, sentAgain } from '../../support/deliveries.ts';
import { on } from '../../support/faults.ts';
import { type Instance, World } from '../../support/message-run.ts';

const failing: MessageHandler = async () => Promise.reject(new Error('no connection'));
const hopeless: MessageHandler = async () => Promise.reject(new PermanentFailure('no such account'));
const otherContent = { fingerprint: fingerprint('jcs1:1') };

describe('work that throws', () => {
  it('gives its lock back with the error, and the error to the host', async () => {
    const world = new World();
    const error = new Error('no connection');
    const run = await world.instance({ handler: async () => Promise.reject(error) }).run(delivery());
    expect(run.error).toBe(error);
    expect((await world.stored())?.record).toMatchObject({
      state: 'released',
      failures: 1,
      lastError: 'Error: no connection',
      retryAfterMs: 1000,
    });
  });

  it('is tried again after 1, 2, 4 … s, at most 5 s less than a delivery waits, at the start of the next delivery', async () => {
    const world = new World();
    const startedAt: number[] = [];
    const handler: MessageHandler = async (...args) => {
      startedAt.push(world.now);
      return failing(...args);
    };
    for (let count = 1; count <= 9; count += 1) {
      await world.instance({ handler }).run(delivery({ deliveryCount: count }));
    }
    const waits = startedAt.slice(1).map((time, index) => time - (startedAt[index] ?? 0));
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 40_000, 40_000]);
  });

  it.each([
    [0, 800],
    [0.999_999, 1200],
  ])('is tried again a fifth earlier or later, by chance: %d', async (random, wait) => {
    const world = new World();
    await world.instance({ handler: failing, random: () => random }).run(delivery());
    expect((await world.stored())?.record.retryAfterMs).toBe(wait);
  });

  it.each<[string, unknown, string]>([
    ['undefined', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a text', 'no connection', 'no connection'],
    ['an object', { code: 7 }, '[object Object]'],
    ['an object without a prototype', Object.create(null), 'an object that has no text'],
    ['a symbol', Symbol('no'), 'Symbol(no)'],
    ['an error whose message cannot be read', unreadable(), 'an object that has no text'],
  ])('%s is thrown on as an Error, and its lock is released', async (_, thrown, text) => {
    const world = new World();
    const handler: MessageHandler = () => {
      throw thrown;
    };
    const run = await world.instance({ handler }).run(delivery());
    expect(run.error).toBeInstanceOf(Error);
    const stored = await world.stored();
    expect(stored?.record.state).toBe('released');
    expect(stored?.record.lastError).toContain(text);
  });

  it('throws its own error also if its lock cannot be released, which then expires', async () => {
    const world = new World();
    const a = world.instance({ handler: failing, faults: on('put', 2, 'final-error') });
    expect((await a.run(delivery())).error).toMatchObject({ message: 'no connection' });
    expect(a.told('not-released')).toMatchObject([{ lastError: 'Error: no connection' }]);
    expect((await world.stored())?.record.state).toBe('held');
  });
});

describe('a message that fails for good', () => {
  it('is failed at its last attempt, with the last error', async () => {
    const world = new World();
    const runs = await attempts(world, ...Array.from({ length: 10 }, () => failing));
    expect(runs.slice(0, 9).map(({ error }) => String(error))).toEqual(Array(9).fill('Error: no connection'));
    expect(runs[9]?.error).toMatchObject({ name: 'MessageFailedError', isFinal: true });
    expect((await world.stored())?.record).toMatchObject({
      state: 'failed',
      attempt: 10,
      lastError: 'Error: no connection (attempt 10, the last)',
    });
  });

  it('is failed on its last permitted delivery, also if deliveries were used up by waiting', async () => {
    const world = new World();
    const run = await world.instance({ handler: failing }).run(redelivery({ deliveryCount: 10 }));
    expect(run.error).toMatchObject({ name: 'MessageFailedError' });
    expect((await world.stored())?.record).toMatchObject({ state: 'failed', attempt: 1 });
    expect((await world.stored())?.record.lastError).toMatch(/^Error: no connection/);
  });

  it('is failed at once by a permanent failure, and refused then without work', async () => {
    const world = new World();
    const [first, second] = await attempts(world, hopeless, async () => 'never');
    for (const run of [first, second]) {
      expect(run?.error).toMatchObject({
        name: 'MessageFailedError',
        isFinal: true,
        message: 'The message ID m-1 failed for good: PermanentFailure: no such account',
      });
    }
    expect(second?.took).toBe(0);
    expect((await world.stored())?.record).toMatchObject({ state: 'failed', attempt: 1 });
  });

  it('is not final before its lock says so: another instance may have taken it over', async () => {
    const world = new World();
    const b: Instance = world.instance({ handler: () => b.clock.sleep(seconds(5)), random: () => 0 });
    const zombie: Instance = world.instance({
      handler: async (message, context) => {
        await zombie.clock.sleep(seconds(1));
        return hopeless(message, context);
      },
    });
    const run = zombie.start(delivery());
    await world.advance(durationMs(0));
    zombie.machine.freeze();
    await world.advance(seconds(36));
    const other = b.start(redelivery());
    await world.advance(seconds(1));
    zombie.machine.thaw();
    await world.end(run);
    expect(run.error).toMatchObject({ name: 'LockLostError', isFinal: false });
    await world.end(other);
    expect(other.outcome).toBe('completed');
  });

  it('is not final if its lock could not say so', async () => {
    const world = new World();
    const a = world.instance({ handler: hopeless, faults: on('put', 2, 'final-error') });
    const run = await a.run(delivery());
    expect(run.error).not.toMatchObject({ isFinal: true });
    expect(a.told('not-released')).toMatchObject([{ lastError: 'PermanentFailure: no such account' }]);
  });

  it.each<[string, { readonly fingerprint?: Fingerprint }]>([
    ['the same', {}],
    ['corrected content', otherContent],
  ])('is taken up again when it is sent anew with %s, as long as no step was begun', async (_, changes) => {
    const world = new World();
    await attempts(world, hopeless);
    const run = await world.instance().run(sentAgain({ ...changes }));
    expect(run.outcome).toBe('completed');
    expect((await world.stored())?.record).toMatchObject({ attempt: 1, failures: 0, ...changes });
    // A late redelivery of the first one belongs to other content now.
    const late = await world.instance().run(redelivery());
    if ('fingerprint' in changes) expect(late.error).toMatchObject({ name: 'MessageMismatchError', isFinal: true });
    else expect(late.outcome).toBe('skipped');
  });

  it('resumes from its steps when it is sent anew; other content is refused then', async () => {
    const world = new World();
    const charged: number[] = [];
    const work: MessageHandler = async (message, context) => {
      await context.step('charge', () => charged.push(1));
      return charged.length === 1 && context.attempt === 1 && !isMended ? hopeless(message, context) : 'done';
    };
    let isMended = false;
    await attempts(world, work);
    isMended = true;
    const other = await world.instance({ handler: work }).run(sentAgain(otherContent));
    expect(other.error).toMatchObject({ name: 'MessageMismatchError' });
    expect((await world.instance({ handler: work }).run(sentAgain())).outcome).toBe('completed');
    expect(charged).toHaveLength(1);
  });

  it('with other content than the one at work is a mismatch, at whatever stage', async () => {
    const world = new World();
    const a: Instance = world.instance({ handler: () => a.clock.sleep(seconds(5)) });
    const run = a.start(delivery());
    const during = await world.instance().run(sentAgain(otherContent));
    await world.end(run);
    const after = await world.instance().run(sentAgain(otherContent));
    for (const { error } of [during, after]) expect(error).toMatchObject({ name: 'MessageMismatchError' });
    expect(run.outcome).toBe('completed');
  });
});

describe('a message that ends its process', () => {
  /** Delivers it to instances that crash, each after `stepsDone` steps. */
  async function crashes(world: World, count: number, stepsDone = 0): Promise<number> {
    let started = 0;
    for (let nth = 1; nth <= count; nth += 1) {
      const a: Instance = world.instance({
        random: () => 0,
        handler: async (_, { step }) => {
          started += 1;
          for (let index = 0; index < stepsDone * nth; index += 1) await step(`part ${index}`, () => undefined);
          a.crash();
        },
      });
      const run = a.start(redelivery({ deliveryCount: nth }));
      for (let second = 0; second < 60 && run.isRunning && !a.machine.isCrashed; second += 1) {
        await world.advance(seconds(1));
      }
    }
    return started;
  }

  it('is failed after five times in a row, with a reason', async () => {
    const world = new World();
    expect(await crashes(world, 5)).toBe(5);
    const run = await world.instance({ random: () => 0 }).run(redelivery({ deliveryCount: 6 }));
    expect(run.error).toMatchObject({ name: 'MessageFailedError', isFinal: true });
    expect((await world.stored())?.record.lastError).toBe(
      '5 executions in a row ended without a last word and without a finished step. It is not tried again.',
    );
  });

  it('is not failed as long as each attempt finishes a step', async () => {
    const world = new World();
    expect(await crashes(world, 7, 1)).toBe(7);
    const run = await world.instance({ random: () => 0 }).run(redelivery({ deliveryCount: 8 }));
    expect(run.outcome).toBe('completed');
  });

  it('is taken over up to 2 s later for each crash before, by chance, so that its neighbours part from it', async () => {
    const world = new World();
    await crashes(world, 3);
    expect((await world.stored())?.record.crashes).toBe(2);
    await world.advance(seconds(36));
    const b = world.instance({ random: () => 0.5 });
    const run = b.start(redelivery({ deliveryCount: 4 }));
    await world.advance(durationMs(2999));
    expect((await world.stored())?.record.attempt).toBe(3);
    await world.end(run);
    expect(run).toMatchObject({ outcome: 'completed', took: 3000 });
  });
});

function unreadable(): Error {
  const error = new Error('no');
  Object.defineProperty(error, 'message', {
    get: () => {
      throw new Error('unreadable');
    },
  });
  return error;
}
