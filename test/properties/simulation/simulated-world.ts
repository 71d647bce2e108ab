import { ManualClock } from '../../../src/adapters/in-memory/manual-clock.ts';
import { durationMs, seconds } from '../../../src/domain/time.ts';
import { graceOf } from '../../../src/domain/ttl.ts';
import { AuditedLocks } from './audited-locks.ts';
import { Life } from './life.ts';
import type { InstancePlan, Plan } from './plan.ts';
import { SimulatedClient } from './simulated-client.ts';
import { SimulatedInstance } from './simulated-instance.ts';
import { SimulatedQueue } from './simulated-queue.ts';
import { SimulatedWork } from './simulated-work.ts';
import { StatusReader } from './status-reader.ts';
import { Sweeper } from './sweeper.ts';
import { Timeline } from './timeline.ts';

/**
 * Instances of the app, a queue and a store of locks, on which a plan is carried out. Everything takes virtual time, which
 * orders it: what comes before what follows from the delays in the plan, so that ttl, grace and validity mean what they say.
 */
export class SimulatedWorld {
  readonly clock = new ManualClock();
  readonly plan: Plan;
  readonly timeline = new Timeline(() => this.clock.monotonic());
  readonly life = new Life();
  readonly locks = new AuditedLocks(this.clock, this.timeline, this.life);
  readonly work: SimulatedWork;
  readonly queue = new SimulatedQueue(this);
  readonly status = new StatusReader(this);
  readonly clients: readonly SimulatedClient[];
  /** Every execution, to its end or its process's. */
  readonly runs: Promise<unknown>[] = [];
  readonly #instances: readonly SimulatedInstance[];

  private constructor(plan: Plan) {
    this.plan = plan;
    this.clients = plan.clients.map((each) => new SimulatedClient(this, each));
    this.work = new SimulatedWork(plan.work, this.locks, this.life, this.timeline);
    // The last one has no trouble and never ends, so that every message can be delivered.
    this.#instances = [...plan.instances, untroubled].map(
      (each, index) => new SimulatedInstance(this, String.fromCharCode(firstName + index), each),
    );
  }

  /** Carries out a plan until every message is settled, and until nothing of it is under way any more. */
  static async run(plan: Plan): Promise<SimulatedWorld> {
    const world = new SimulatedWorld(plan);
    await world.#run();
    return world;
  }

  get settings() {
    const { ttlMs, functionTimeoutMs, keepsCompleted } = this.plan;
    // As long as a crash needs to cost one delivery.
    const activeLockWaitMs = durationMs(ttlMs + graceOf(ttlMs) + seconds(10));
    return { lockTtlMs: ttlMs, activeLockWaitMs, functionTimeoutMs, keepsCompleted };
  }

  /** Whether no lock is ever deleted. */
  get keepsLocks(): boolean {
    return this.plan.sweep === null && this.plan.keepsCompleted;
  }

  /** The instance of this number, or the last one if that is gone. */
  receiver(number: number): SimulatedInstance {
    const chosen = this.#instances[number % this.#instances.length];
    const instance = chosen?.isAvailable ? chosen : this.#instances.at(-1);
    if (instance === undefined) throw new Error('There is no instance.');
    return instance;
  }

  async #run(): Promise<void> {
    const { messages, sweep, looks } = this.plan;
    const all = Promise.all([
      ...messages.map((message) => this.queue.deliver(message)),
      ...this.clients.map((client) => client.run()),
      ...looks.map((at) => this.status.look(at)),
      ...(sweep === null ? [] : [new Sweeper(this, sweep).run()]),
    ]);
    let isOver = false;
    const over = () => {
      isOver = true;
    };
    void all
      .then(() => Promise.all(this.runs))
      .then(over, (error) => {
        this.locks.wrong(`the simulation fails: ${error}`);
        over();
      });
    while (!isOver && this.clock.monotonic() < longest) await this.clock.advance(seconds(10));
    if (!isOver) this.locks.wrong('it never ends');
    // What is left are late requests, and clocks and machines that change when all is over.
    await this.clock.advance(seconds(600));
    if (this.clock.sleepers > 0) this.locks.wrong(`${this.clock.sleepers} timers outlive the work`);
    this.#judgeEnd();
  }

  #judgeEnd(): void {
    const record = this.locks.lock?.record;
    const state = record?.state ?? 'absent';
    // Where locks are deleted, a late duplicate can begin anew, or a late create arrive, and nobody be left to go on.
    // A delivery that the broker has taken back re-drives what has failed for good, and nobody is left to go on, either.
    const isRedriven = this.life.reasons.length > 0;
    if (this.keepsLocks && !isRedriven && state !== 'completed' && state !== 'failed')
      this.locks.wrong(`all is settled, but the lock is ${state}`);
    if (state === 'failed' && record?.lastError === null) this.locks.wrong('it failed without a reason');
    for (const name of state === 'completed' ? this.work.missing : []) {
      this.locks.wrong(`it is completed, but ${name} was never done`);
    }
  }
}

const firstName = 'A'.charCodeAt(0);
const longest = 3 * 3_600_000;

const untroubled: InstancePlan = {
  wallOffset: 0,
  driftPpm: 0,
  wallClock: null,
  latency: [5],
  troubles: [],
  pause: null,
  end: null,
};
