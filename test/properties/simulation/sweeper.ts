import { FaultyLockStore } from '../../../src/adapters/in-memory/faulty-lock-store.ts';
import type { Clock } from '../../../src/application/ports/clock.ts';
import type { StoredLock } from '../../../src/application/ports/lock-store.ts';
import { SweepLocks, sweepsAfterMs } from '../../../src/application/sweep-locks.ts';
import { durationMs } from '../../../src/domain/time.ts';
import type { SweepPlan } from './plan.ts';
import type { SimulatedWorld } from './simulated-world.ts';

/** A process that sweeps while the others work. It was started long before. */
export class Sweeper {
  readonly #world: SimulatedWorld;
  readonly #plan: SweepPlan;
  readonly #sweep: SweepLocks;
  #runsForMs = 0;

  constructor(world: SimulatedWorld, plan: SweepPlan) {
    this.#world = world;
    this.#plan = plan;
    const { clock, locks, timeline } = world;
    const monotonic = () => clock.monotonic() + this.#runsForMs;
    const ownClock: Clock = {
      monotonic,
      wallTime: () => 0,
      timestamp: () => '',
      sleep: (wait, signal) => clock.sleep(wait, signal),
    };
    const store = new FaultyLockStore(locks.of('sweep', this.#whyNotDeleted), ({ nth }) => ({
      kind: 'slow',
      beforeRequest: () => clock.sleep(durationMs(plan.latency[nth % plan.latency.length] ?? 0)),
    }));
    this.#sweep = new SweepLocks(
      {
        store,
        catalog: locks.store,
        clock: ownClock,
        events: { emit: ({ kind }) => timeline.tell('sweep', kind) },
      },
      { lockScope: 'queue', ...plan },
    );
    this.#runsForMs = sweepsAfterMs;
  }

  async run(): Promise<void> {
    const { clock } = this.#world;
    await Promise.all(
      this.#plan.at.map(async (at) => {
        await clock.sleep(durationMs(at));
        await this.#sweep.run();
      }),
    );
  }

  #whyNotDeleted = ({ record, writtenAt }: StoredLock): string | undefined => {
    const { completedRetentionMs, abandonedRetentionMs } = this.#plan;
    const retentionMs = record.state === 'completed' ? completedRetentionMs : abandonedRetentionMs;
    const ageMs = this.#world.clock.wallTime() - writtenAt;
    return ageMs > retentionMs ? undefined : `which was written ${ageMs} ms ago, within its retention`;
  };
}
