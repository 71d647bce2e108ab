import { FaultyLockStore, type LateRequest } from '../../../src/adapters/in-memory/faulty-lock-store.ts';
import type { LockEvent } from '../../../src/application/ports/lock-events.ts';
import type { LockStore, StoredLock } from '../../../src/application/ports/lock-store.ts';
import { ShutdownError } from '../../../src/domain/errors.ts';
import type { Delivery } from '../../../src/domain/message.ts';
import { durationMs } from '../../../src/domain/time.ts';
import { messageId } from '../../support/lock-records.ts';
import { Machine } from '../../support/machine.ts';
import { SeededRandom } from '../../support/seeded-random.ts';
import { type Ended, SimulatedProcess } from '../../support/simulated-process.ts';
import type { InstancePlan } from './plan.ts';
import { SimulatedClock } from './simulated-clock.ts';
import { networkOf } from './simulated-network.ts';
import type { SimulatedWorld } from './simulated-world.ts';

/** One process of the app: the real use case on its own clock, machine and network. */
export class SimulatedInstance {
  readonly name: string;
  readonly world: SimulatedWorld;
  readonly machine = new Machine();
  readonly #clock: SimulatedClock;
  readonly #network: FaultyLockStore;
  readonly #process: SimulatedProcess;
  readonly #shutdown = new AbortController();
  readonly #crashed = Promise.withResolvers<void>();
  #renewing = Promise.withResolvers<void>();
  #frozen: Promise<void> | undefined;

  constructor(world: SimulatedWorld, name: string, plan: InstancePlan) {
    this.world = world;
    this.name = name;
    this.#clock = new SimulatedClock(world.clock, this.machine, plan);
    const random = new SeededRandom(world.plan.seed + name.charCodeAt(0));
    this.#network = new FaultyLockStore(
      world.locks.of(name, this.#whyNotDeleted),
      networkOf(plan, () => this),
    );
    this.#process = new SimulatedProcess({
      name,
      store: this.machine.store(this.#noted(this.#network)),
      clock: this.#clock,
      random: () => random.next(),
      handler: world.work.handler(this.#clock),
      settings: { ...world.settings, host: name },
      onEvent: (event) => this.#tellOf(event),
    });
    void this.#live(plan);
  }

  get crashed(): Promise<void> {
    return this.#crashed.promise;
  }

  /** Resolves when the peek-locks that this process has now are not renewed any more, or not in time. */
  get notRenewed(): Promise<void> {
    return this.#renewing.promise;
  }

  get isAvailable(): boolean {
    return !this.machine.isCrashed && !this.#shutdown.signal.aborted;
  }

  get lastLateRequest(): LateRequest | undefined {
    return this.#network.lateRequests.at(-1);
  }

  tell(what: string): void {
    this.world.timeline.tell(this.name, what);
  }

  /** Works on a delivery; never resolves if this process crashes. One that stands still begins when it goes on. */
  async deliver(delivery: Delivery): Promise<Ended> {
    await this.#frozen;
    const { sequenceNumber } = delivery.physical;
    const ended = await this.#process.run(delivery, { shutdown: this.#shutdown.signal });
    if ('outcome' in ended) this.tell(`ends its delivery of message ${sequenceNumber}: ${ended.outcome}`);
    else this.tell(`gives message ${sequenceNumber} back: ${ended.error}`);
    return ended;
  }

  crash(): void {
    if (this.machine.isCrashed) return;
    this.tell('crashes');
    this.machine.crash();
    this.#renewing.resolve();
    this.#crashed.resolve();
  }

  async #live({ wallClock, pause, end }: InstancePlan): Promise<void> {
    void this.#at(wallClock?.at, () => {
      this.tell(wallClock?.kind === 'jumps' ? `has its clock set by ${wallClock.by} ms` : 'has its clock stopped');
      if (wallClock?.kind === 'jumps') this.#clock.jump(wallClock.by);
      else this.#clock.stop();
    });
    void this.#at(end?.at, () => (end?.kind === 'crash' ? this.crash() : this.#shutDown()));
    await this.#at(pause?.at, () => pause && this.#pause(pause));
  }

  async #at(at: number | undefined, act: () => unknown): Promise<void> {
    if (at === undefined) return;
    await this.world.clock.sleep(durationMs(at));
    await act();
  }

  #shutDown(): void {
    if (!this.isAvailable) return;
    this.tell('is told to stop');
    this.#shutdown.abort(new ShutdownError({ id: messageId('m-1') }));
  }

  async #pause({ ms, isAsleep }: { readonly ms: number; readonly isAsleep: boolean }): Promise<void> {
    this.tell(`freezes for ${ms} ms`);
    this.machine.freeze();
    const thawed = Promise.withResolvers<void>();
    this.#frozen = thawed.promise;
    if (ms > this.world.plan.peekLockMs) this.#renewing.resolve();
    await this.world.clock.sleep(durationMs(ms));
    this.tell('thaws');
    if (isAsleep) this.#clock.wasSuspendedFor(ms);
    if (!this.machine.isCrashed) this.#renewing = Promise.withResolvers();
    this.machine.thaw();
    thawed.resolve();
  }

  #noted(store: LockStore): LockStore {
    return {
      read: (name) => store.read(name),
      put: async (name, record, condition) => {
        this.world.locks.sends(record);
        const result = await store.put(name, record, condition);
        this.tell(`hears of its write ${record.writeId}: ${result.kind}`);
        return result;
      },
      delete: (name, version) => store.delete(name, version),
    };
  }

  #whyNotDeleted = ({ record }: StoredLock): string | undefined => {
    if (this.world.plan.keepsCompleted) return 'though completed locks are kept';
    if (this.#process.isOwner(record.owner) && this.world.life.hasReturned(record.owner)) return undefined;
    return 'which has not completed its work';
  };

  #tellOf({ messageId: _, lock: __, ...event }: LockEvent): void {
    const { kind, ...facts } = event;
    this.tell(`${kind} ${JSON.stringify(facts)}`);
    const isTaken = event.kind === 'lost' && event.how === 'to another execution';
    const isStill = event.kind === 'lost' && this.world.locks.lock?.record.owner === event.owner;
    if (isTaken && isStill && this.world.keepsLocks) this.world.locks.wrong(`${event.owner} gives up what is its own`);
  }
}
