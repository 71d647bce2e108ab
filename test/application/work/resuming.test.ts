import { describe, expect, it } from 'vitest';
import type { LockFaults } from '../../../src/adapters/in-memory/faulty-lock-store.ts';
import type { HandlerContext } from '../../../src/application/ports/message-handler.ts';
import { durationMs, seconds } from '../../../src/domain/time.ts';
import { delivery, redelivery, sentAgain } from '../../support/deliveries.ts';
import { on } from '../../support/faults.ts';
import { type Instance, World } from '../../support/message-run.ts';

const names = ['reserve', 'charge', 'pack', 'ship', 'notify'];

/** Work of five steps, and what it did. */
class FiveSteps {
  /** The steps that were executed, with their attempts. */
  readonly executed: string[] = [];
  readonly keys = new Map<string, Set<string>>();

  readonly work = async (context: HandlerContext, onStep: (name: string, moment: 'before' | 'after') => void) => {
    const results: string[] = [];
    for (const name of names) {
      const result = await context.step(name, ({ idempotencyKey }) => {
        onStep(name, 'before');
        this.executed.push(`${name} in attempt ${context.attempt}`);
        this.keys.set(name, (this.keys.get(name) ?? new Set()).add(idempotencyKey));
        onStep(name, 'after');
        return `${name} done in attempt ${context.attempt}`;
      });
      results.push(result);
    }
    return results;
  };
}

interface CrashPoint {
  readonly name: string;
  /** How many steps are finished for good. */
  readonly finished: number;
  /** A step that was executed, though the lock does not know it. */
  readonly unrecorded?: string;
  readonly faults?: (instance: () => Instance) => LockFaults;
  readonly inStep?: { readonly name: string; readonly moment: 'before' | 'after' };
}

const crashOn = (put: number, when: 'beforeRequest' | 'beforeAnswer') => (instance: () => Instance) =>
  on('put', put, {
    kind: when === 'beforeRequest' ? 'request-lost' : 'slow',
    [when]: async () => instance().crash(),
  });

const crashPoints: readonly CrashPoint[] = [
  { name: 'before its create is sent', finished: 0, faults: crashOn(1, 'beforeRequest') },
  { name: 'after its create, before the answer', finished: 0, faults: crashOn(1, 'beforeAnswer') },
  ...names.flatMap((name, index): readonly CrashPoint[] => [
    { name: `before the effect of ${name}`, finished: index, inStep: { name, moment: 'before' } },
    { name: `after the effect of ${name}`, finished: index, unrecorded: name, inStep: { name, moment: 'after' } },
    {
      name: `before the checkpoint of ${name} is sent`,
      finished: index,
      unrecorded: name,
      faults: crashOn(index + 2, 'beforeRequest'),
    },
    {
      name: `after the checkpoint of ${name}, before the answer`,
      finished: index + 1,
      faults: crashOn(index + 2, 'beforeAnswer'),
    },
  ]),
  { name: 'before its last write is sent', finished: 5, faults: crashOn(7, 'beforeRequest') },
];

class Crashed extends Error {}

/** Runs the work on an instance that crashes at `point`. */
async function crashAt(world: World, steps: FiveSteps, { faults, inStep }: CrashPoint): Promise<void> {
  const a: Instance = world.instance({
    ...(faults && { faults: faults(() => a) }),
    handler: (_, context) =>
      steps.work(context, (name, moment) => {
        if (name !== inStep?.name || moment !== inStep.moment) return;
        a.crash();
        throw new Crashed(); // whatever it still does, it comes through to nobody
      }),
  });
  const run = a.start(delivery());
  await world.advance(durationMs(0));
  expect(run.isRunning).toBe(true);
}

describe('work of five steps whose process ends', () => {
  it.each(crashPoints)('$name goes on at the right step, and repeats none that is finished', async (point) => {
    const world = new World();
    const steps = new FiveSteps();
    await crashAt(world, steps, point);
    const b = world.instance({ handler: (_, context) => steps.work(context, () => undefined), random: () => 0 });
    const run = await b.run(redelivery());
    expect(run.outcome).toBe('completed');
    const hadLock = point.name !== 'before its create is sent';
    const second = hadLock ? 2 : 1;
    const first = names.slice(0, point.finished);
    expect(steps.executed).toEqual([
      ...[...first, ...(point.unrecorded ? [point.unrecorded] : [])].map((name) => `${name} in attempt 1`),
      ...names.slice(point.finished).map((name) => `${name} in attempt ${second}`),
    ]);
    const results = names.map((name, index) => `${name} done in attempt ${index < point.finished ? 1 : second}`);
    expect((await world.stored())?.record.result).toBe(JSON.stringify(results));
    expect([...steps.keys.values()].map((keys) => keys.size)).toEqual([1, 1, 1, 1, 1]);
    expect(new Set([...steps.keys.values()].flatMap((keys) => [...keys])).size).toBe(5);
    // No more than ttl, grace and the second that cut times cost.
    expect(run.took).toBeLessThanOrEqual(36_000);
  });

  it('after its last write, before the answer, is not begun again, whoever asks', async () => {
    const world = new World();
    const steps = new FiveSteps();
    await crashAt(world, steps, { name: 'complete', finished: 5, faults: crashOn(7, 'beforeAnswer') });
    for (const each of [redelivery(), sentAgain()]) {
      const b = world.instance({ handler: (_, context) => steps.work(context, () => undefined) });
      expect(await b.run(each)).toMatchObject({ outcome: 'skipped', took: 0 });
    }
    expect(steps.executed).toHaveLength(5);
  });

  it('in every step once needs one attempt more for each, and still does each step once', async () => {
    const world = new World();
    const steps = new FiveSteps();
    for (const [index, name] of names.entries()) {
      const crashing: Instance = world.instance({
        random: () => 0,
        faults: on('put', 3, { kind: 'request-lost', beforeRequest: async () => crashing.crash() }),
        handler: (_, context) => steps.work(context, () => undefined),
      });
      crashing.start(redelivery({ deliveryCount: index + 1 }));
      const step = () => crashing.told('step-done').map((event) => event.step);
      while (!crashing.machine.isCrashed) await world.advance(seconds(1));
      expect(step()).toEqual([name]);
    }
    const last = world.instance({ handler: (_, context) => steps.work(context, () => undefined), random: () => 0 });
    expect((await last.run(redelivery({ deliveryCount: 6 }))).outcome).toBe('completed');
    expect((await world.stored())?.record).toMatchObject({ attempt: 6, crashes: 1 });
  });
});
