import { FaultyLockStore } from '../../../src/adapters/in-memory/faulty-lock-store.ts';
import type { LockEvent } from '../../../src/application/ports/lock-events.ts';
import type { StoredLock } from '../../../src/application/ports/lock-store.ts';
import { SweepLocks } from '../../../src/application/sweep-locks.ts';
import { ownerId } from '../../../src/domain/owner.ts';
import { durationMs } from '../../../src/domain/time.ts';
import { markersOfOldApp } from '../../support/sweeping.ts';
import type { SweepPlan } from './plan.ts';
import type { SimulatedWorld } from './simulated-world.ts';

/**
 * Sweeps while the others work, whenever the plan says so. None knows of the others, as if each had lost its lease without
 * noticing: what they may not do must not rest on it.
 */
export class Sweeper {
  readonly #world: SimulatedWorld;
  readonly #plan: SweepPlan;

  constructor(world: SimulatedWorld, plan: SweepPlan) {
    this.#world = world;
    this.#plan = plan;
  }

  async run(): Promise<void> {
    const { clock } = this.#world;
    await Promise.all(
      this.#plan.at.map(async (at) => {
        await clock.sleep(durationMs(at));
        await (await this.#sweep()).run();
      }),
    );
  }

  async #sweep(): Promise<SweepLocks> {
    const { clock, locks, timeline } = this.#world;
    const { latency } = this.#plan;
    const store = new FaultyLockStore(locks.of('sweep', this.#whyNotDeleted), ({ nth }) => ({
      kind: 'slow',
      beforeRequest: () => clock.sleep(durationMs(latency[nth % latency.length] ?? 0)),
    }));
    const ports = {
      store,
      catalog: locks.store,
      markers: await markersOfOldApp(),
      clock: { monotonic: () => 0 },
      ids: { newOwnerId: () => ownerId('sweep') },
      events: { emit: ({ kind }: LockEvent) => timeline.tell('sweep', kind) },
    };
    return new SweepLocks(ports, { lockScope: 'queue', ...this.#plan });
  }

  #whyNotDeleted = ({ record, writtenAt }: StoredLock): string | undefined => {
    const { completedRetentionMs, abandonedRetentionMs } = this.#plan;
    const retentionMs = record.state === 'completed' ? completedRetentionMs : abandonedRetentionMs;
    const ageMs = this.#world.clock.wallTime() - writtenAt;
    return ageMs > retentionMs ? undefined : `which was written ${ageMs} ms ago, within its retention`;
  };
}
