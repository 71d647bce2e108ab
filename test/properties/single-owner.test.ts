import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { LockFault, LockFaults } from '../../src/adapters/in-memory/faulty-lock-store.ts';
import { InMemoryFencedStore } from '../../src/adapters/in-memory/in-memory-fenced-store.ts';
import type { MessageHandler } from '../../src/application/ports/message-handler.ts';
import { DeliveryError } from '../../src/domain/errors.ts';
import { durationMs, seconds } from '../../src/domain/time.ts';
import { delivery } from '../support/deliveries.ts';
import { LockHistory } from '../support/lock-history.ts';
import { type Instance, type Run, World } from '../support/message-run.ts';

/** What happens to one request. Most of the time little does; sometimes a request or an answer takes longer than a ttl. */
const anyDelay = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.nat(2000) },
  { weight: 1, arbitrary: fc.nat(60_000) },
  { weight: 1, arbitrary: fc.integer({ min: 18_000, max: 28_000 }) },
);
const anyTrouble = fc.record({
  kind: fc.oneof(
    { weight: 3, arbitrary: fc.constant('slow' as const) },
    {
      weight: 2,
      arbitrary: fc.constantFrom('request-lost', 'answer-lost', 'request-late', 'transient-error', 'final-error'),
    },
  ),
  before: anyDelay,
  after: anyDelay,
});
type Trouble = typeof anyTrouble extends fc.Arbitrary<infer T> ? T : never;

const anyInstance = fc.record({
  startsAt: fc.nat(60_000),
  wallOffset: fc.constantFrom(0, 0, -3_600_000, 3_600_000),
  trouble: fc.array(anyTrouble, { maxLength: 12 }),
  stepMs: fc.array(fc.nat(15_000), { minLength: 3, maxLength: 3 }),
  /** When and for how long it stands still; one that never wakes has crashed. */
  freeze: fc.option(
    fc.record({
      at: fc.nat(60_000),
      ms: fc.oneof(fc.nat(90_000), fc.integer({ min: 15_000, max: 40_000 }), fc.constant(Infinity)),
    }),
  ),
  jump: fc.option(fc.record({ at: fc.nat(60_000), by: fc.integer({ min: -3_600_000, max: 3_600_000 }) })),
});
type AnyInstance = typeof anyInstance extends fc.Arbitrary<infer T> ? T : never;

const steps = ['reserve', 'charge', 'ship'];

/** One physical message per instance, all of one ID, each delivered to its instance until it is settled. */
class Story {
  readonly history: LockHistory;
  readonly world: World;
  readonly effects = new InMemoryFencedStore();
  /** What must never happen, if it did. */
  readonly wrongs: string[] = [];

  constructor() {
    let history: LockHistory | undefined;
    this.world = new World((writeClock) => {
      history = new LockHistory({ writeClock });
      return history;
    });
    this.history = history ?? new LockHistory();
  }

  async tell(instances: readonly AnyInstance[]): Promise<void> {
    const runs = instances.map((each, index) => this.#deliverTo(this.#instance(each), each, index));
    // One more, whose network is good: it comes when all trouble is over, and so the message ends.
    const last: AnyInstance = {
      startsAt: 200_000,
      wallOffset: 0,
      trouble: [],
      stepMs: [0, 0, 0],
      freeze: null,
      jump: null,
    };
    runs.push(this.#deliverTo(this.#instance(last), last, instances.length));
    let isOver = false;
    const over = Promise.all(runs).then(() => {
      isOver = true;
    });
    while (!isOver) await this.world.advance(seconds(1));
    await over;
    await this.world.advance(seconds(700)); // late requests, and whoever is left
  }

  #instance({ wallOffset, trouble, stepMs }: AnyInstance): Instance {
    const instance: Instance = this.world.instance({
      wallOffset,
      faults: this.#faults(() => instance, [...trouble]),
      handler: this.#work(() => instance, stepMs),
    });
    return instance;
  }

  #faults(instance: () => Instance, trouble: Trouble[]): LockFaults {
    const { clock } = this.world;
    return (): LockFault | undefined => {
      const next = trouble.shift();
      if (next === undefined) return undefined;
      const { kind, before, after } = next;
      return {
        kind,
        beforeRequest: () => clock.sleep(durationMs(before)),
        beforeAnswer: async () => {
          if (kind !== 'request-late') return clock.sleep(durationMs(after));
          const late = instance().network.lateRequests.at(-1);
          void clock.sleep(durationMs(after)).then(() => late?.arrive());
        },
      };
    };
  }

  #work(instance: () => Instance, stepMs: readonly number[]): MessageHandler {
    return async (_, { step, owner, signal, attempt }) => {
      for (const [index, name] of steps.entries()) {
        await step(name, async ({ fencingToken }) => {
          this.#begins(name, owner);
          await instance().clock.sleep(durationMs(stepMs[index] ?? 0), signal);
          await this.effects.put(
            name,
            { bytes: Buffer.from(owner), contentType: 'text/plain' },
            { fencingToken, owner },
          );
        });
      }
      return attempt;
    };
  }

  #begins(name: string, owner: string): void {
    const last = this.history.writes.at(-1);
    if (last?.record.owner !== owner) this.wrongs.push(`${owner} begins ${name}, but ${last?.record.owner} owns`);
    const isFinished = this.history.writes.some(({ record }) =>
      record.steps.some((step) => step.name === name && step.status === 'finished'),
    );
    if (isFinished) this.wrongs.push(`${owner} begins ${name}, which is finished`);
  }

  async #deliverTo(instance: Instance, { startsAt, freeze, jump }: AnyInstance, index: number): Promise<void> {
    const { clock } = this.world;
    const pauses: Promise<unknown>[] = [clock.sleep(durationMs(startsAt))];
    if (jump) pauses.push(clock.sleep(durationMs(jump.at)).then(() => instance.clock.jump(jump.by)));
    if (freeze) pauses.push(this.#stop(instance, freeze));
    await pauses[0];
    for (let deliveryCount = 1; !instance.machine.isCrashed; deliveryCount += 1) {
      const physical = { sequenceNumber: String(index), enqueuedTime: '2024-01-01T00:00:00.000Z' };
      const run = instance.start(delivery({ deliveryCount: Math.min(deliveryCount, 9), physical }));
      while (run.isRunning && !instance.machine.isCrashed) await clock.sleep(seconds(1));
      if (isSettled(run)) break;
    }
    await Promise.all(pauses);
  }

  async #stop(instance: Instance, { at, ms }: { readonly at: number; readonly ms: number }): Promise<void> {
    await this.world.clock.sleep(durationMs(at));
    if (ms === Infinity) return instance.crash();
    instance.machine.freeze();
    await this.world.clock.sleep(durationMs(ms));
    instance.machine.thaw();
  }
}

const isSettled = ({ outcome, error }: Run): boolean =>
  outcome !== undefined || (error instanceof DeliveryError && error.isFinal);

it('at most one owner at a time, no step begun without the lock or twice, and completed once, on any network', () =>
  fc.assert(
    fc.asyncProperty(fc.array(anyInstance, { minLength: 2, maxLength: 4 }), async (instances) => {
      const story = new Story();
      await story.tell(instances);
      expect(story.wrongs).toEqual([]);
      const { owners, writes } = story.history;
      // Nobody comes back, and the tokens grow.
      expect(new Set(owners.map(({ owner }) => owner)).size).toBe(owners.length);
      expect(owners.map(({ token }) => token)).toEqual(owners.map(({ token }) => token).toSorted((a, b) => a - b));
      expect(new Set(owners.map(({ token }) => token)).size).toBe(owners.length);
      // Completed by the last one; its completion can land twice, and nothing else comes after it.
      const end = writes.slice(writes.findIndex(({ record }) => record.state === 'completed'));
      expect(end.map(({ record }) => ({ ...record, writeId: '' }))).toEqual(
        end.map(() => ({ ...writes.at(-1)?.record, writeId: '', state: 'completed' })),
      );
      for (const name of steps) expect(story.effects.get(name)).toBeDefined();
      expect(story.world.clock.sleepers).toBe(0);
    }),
    { numRuns: 300 },
  ));
