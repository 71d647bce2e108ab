import { InMemoryMarkerStore } from '../../src/adapters/in-memory/in-memory-marker-store.ts';
import { RandomIds } from '../../src/adapters/system/random-ids.ts';
import type { MarkerStore } from '../../src/application/ports/marker-store.ts';
import { SweepLocks } from '../../src/application/sweep-locks.ts';
import { sweepMarkerName } from '../../src/domain/marker-name.ts';
import { parseSweepProgress, type SweepPass } from '../../src/domain/sweep-progress.ts';
import { durationMs, seconds, storeTime } from '../../src/domain/time.ts';
import { ManyLocks } from './many-locks.ts';
import type { SeededRandom } from './seeded-random.ts';

const week = seconds(7 * 86_400);
const runMs = 50;

/** What a request takes in this world, and each lock of its answer. */
const requestMs = 0.2;
const lockMs = 0.004;

/**
 * Sweeps of one scope, each in a process of its own that is cut off after 50 ms. Now and then two of them run at once, and
 * now and then one dies between a page's deletions and the write that tells of them. All time is counted, none passes.
 */
export class SweptFleet {
  readonly locks: ManyLocks;
  readonly #random: SeededRandom;
  readonly #markers: InMemoryMarkerStore;
  readonly #current = new Set<Budget>();
  runs = 0;
  crashes = 0;

  constructor(count: number, random: SeededRandom) {
    this.#random = random;
    this.locks = new ManyLocks(count, (shown) => this.#pass(requestMs + shown * lockMs));
    this.#markers = new InMemoryMarkerStore({ clock: () => this.locks.now });
  }

  /** Sweeps once in 10 minutes until every lock was looked at once more, or `most` runs were made. */
  async pass({ most }: { readonly most: number }): Promise<SweepPass | undefined> {
    const startedAt = this.locks.now;
    let pass: SweepPass | undefined;
    for (let run = 0; run < most; run += 1) {
      this.locks.now = storeTime(this.locks.now + seconds(600));
      const together = this.#random.chance(0.1) ? 2 : 1;
      await Promise.all(Array.from({ length: together }, () => this.#run()));
      const stored = await this.#markers.read(sweepMarkerName('queue'));
      pass = stored && parseSweepProgress(stored.text)?.pass;
      if (pass?.isOver && pass.startedAt > startedAt) return pass;
    }
    return pass;
  }

  async #run(): Promise<void> {
    const budget = new Budget(this.#random.chance(0.1));
    this.#current.add(budget);
    this.runs += 1;
    const sweep = new SweepLocks(
      {
        store: this.locks,
        catalog: this.locks,
        markers: this.#markersOf(budget),
        clock: { monotonic: () => budget.spentMs },
        ids: new RandomIds(),
        events: { emit: () => undefined },
      },
      { lockScope: 'queue', completedRetentionMs: week, abandonedRetentionMs: durationMs(2 * week) },
    );
    try {
      await sweep.run(budget.signal);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      this.crashes += 1;
    }
    this.#current.delete(budget);
  }

  /** The markers as a process sees them that may die when it tells of a page. */
  #markersOf(budget: Budget): MarkerStore {
    let puts = 0;
    const dyingPut = 2 + this.#random.integer(10); // not before it has the lease
    return {
      read: (name) => this.#markers.read(name),
      put: async (name, text, condition) => {
        puts += 1;
        if (budget.isDoomed && puts >= dyingPut) throw new Crash();
        return this.#markers.put(name, text, condition);
      },
    };
  }

  /** Time goes on for all that run, and others work on some locks. */
  #pass(ms: number): void {
    for (const budget of this.#current) budget.spend(ms);
    if (this.#random.chance(0.05)) this.locks.write(this.#random.integer(this.locks.count));
  }
}

class Crash extends Error {}

/** The time that one run has. */
class Budget {
  readonly isDoomed: boolean;
  readonly #over = new AbortController();
  spentMs = 0;

  constructor(isDoomed: boolean) {
    this.isDoomed = isDoomed;
  }

  get signal(): AbortSignal {
    return this.#over.signal;
  }

  spend(ms: number): void {
    this.spentMs += ms;
    if (this.spentMs > runMs) this.#over.abort();
  }
}
