import { expect, onTestFinished } from 'vitest';
import { FaultyLockStore, type LockFaults } from '../../src/adapters/in-memory/faulty-lock-store.ts';
import { InMemoryLockStore } from '../../src/adapters/in-memory/in-memory-lock-store.ts';
import { ManualClock } from '../../src/adapters/in-memory/manual-clock.ts';
import type { Clock, Random } from '../../src/application/ports/clock.ts';
import type { LockEvent } from '../../src/application/ports/lock-events.ts';
import type { StoredLock } from '../../src/application/ports/lock-store.ts';
import type { MessageHandler } from '../../src/application/ports/message-handler.ts';
import type { ProcessOutcome } from '../../src/application/process-message.ts';
import type { ExecutionOptions, ProcessSettings } from '../../src/application/settings/process-settings.ts';
import type { Delivery } from '../../src/domain/message.ts';
import { ownerId } from '../../src/domain/owner.ts';
import { type DurationMs, durationMs, seconds } from '../../src/domain/time.ts';
import { lockOf } from './lock-records.ts';
import { Machine } from './machine.ts';
import { type Ended, SimulatedProcess } from './simulated-process.ts';

export interface InstanceOptions {
  readonly handler?: MessageHandler;
  readonly settings?: Partial<ProcessSettings>;
  /** What goes wrong between this instance and the store. */
  readonly faults?: LockFaults;
  readonly random?: Random;
  /** By how much this instance's clock is wrong, in milliseconds. */
  readonly wallOffset?: number;
}

/** Instances that share a store of locks, and the time that passes for all of them. After its test, no timer may be left. */
export class World {
  readonly clock = new ManualClock();
  readonly locks: InMemoryLockStore;
  #owners = 0;

  constructor(
    locksOf: (writeClock: () => number) => InMemoryLockStore = (writeClock) => new InMemoryLockStore({ writeClock }),
  ) {
    this.locks = locksOf(() => this.clock.wallTime());
    onTestFinished(() => expect(this.clock.sleepers, 'timers that outlive the work').toBe(0));
  }

  instance(options: InstanceOptions = {}): Instance {
    return new Instance(this, options);
  }

  /** What the store holds for the message `id`. */
  stored(id = 'm-1'): Promise<StoredLock | undefined> {
    return this.locks.read(lockOf(id));
  }

  /** Milliseconds since this world began. */
  get now(): number {
    return this.clock.monotonic();
  }

  advance(by: DurationMs): Promise<void> {
    return this.clock.advance(by);
  }

  /** Lets time pass until `run` has ended. */
  async end(run: Run, within = seconds(700)): Promise<Run> {
    const latest = this.now + within;
    await this.advance(durationMs(0));
    while (run.isRunning && this.now < latest) await this.advance(durationMs(250));
    expect(run.isRunning, 'whether the run goes on').toBe(false);
    return run;
  }

  newOwnerId() {
    this.#owners += 1;
    return ownerId(`owner-${this.#owners}`);
  }
}

/** One process of the app: its clock, its network, and everything it was told. */
export class Instance {
  readonly machine = new Machine();
  readonly events: LockEvent[] = [];
  /** The operations it has asked of the store, in order. */
  readonly requests: ('read' | 'put' | 'delete')[] = [];
  readonly clock: InstanceClock;
  readonly network: FaultyLockStore;
  readonly #world: World;
  readonly #process: SimulatedProcess;

  constructor(
    world: World,
    { handler = async () => undefined, settings, faults, random, wallOffset }: InstanceOptions,
  ) {
    this.#world = world;
    this.clock = new InstanceClock(world.clock, this.machine, wallOffset);
    this.network = new FaultyLockStore(world.locks, (call) => {
      this.requests.push(call.operation);
      return faults?.(call);
    });
    this.#process = new SimulatedProcess({
      name: 'instance',
      store: this.machine.store(this.network),
      clock: this.clock,
      handler,
      settings,
      random,
      newOwnerId: () => world.newOwnerId(),
      onEvent: (event) => this.events.push(event),
    });
  }

  start(delivery: Delivery, options?: ExecutionOptions): Run {
    return new Run(this.#world, this.#process.run(delivery, options));
  }

  /** Ends this process, its handler's work included. */
  crash(): void {
    this.machine.crash();
  }

  /** Starts, and lets time pass until it has ended. */
  run(delivery: Delivery, options?: ExecutionOptions): Promise<Run> {
    return this.#world.end(this.start(delivery, options));
  }

  /** The events of one kind. */
  told<Kind extends LockEvent['kind']>(kind: Kind): readonly Extract<LockEvent, { kind: Kind }>[] {
    return this.events.filter((event): event is Extract<LockEvent, { kind: Kind }> => event.kind === kind);
  }
}

/** One execution, and how it ended. */
export class Run {
  isRunning = true;
  outcome: ProcessOutcome['kind'] | undefined;
  /** What it threw. */
  error: unknown;
  /** How long it took, in milliseconds. */
  took = 0;

  constructor(world: World, end: Promise<Ended>) {
    const start = world.now;
    void end.then((ended) => {
      this.isRunning = false;
      this.took = world.now - start;
      Object.assign(this, ended);
    });
  }
}

/** The clock of one instance. Time passes for all alike, but what an instance reads can be wrong, jump, or stand still. */
export class InstanceClock implements Clock {
  readonly sleep: Clock['sleep'];
  readonly #clock: ManualClock;
  #wallOffset: number;
  #suspendedFor = 0;
  #stoppedAt: number | undefined;

  constructor(clock: ManualClock, machine: Machine, wallOffset = 0) {
    this.#clock = clock;
    this.#wallOffset = wallOffset;
    this.sleep = machine.sleep(clock);
  }

  monotonic(): number {
    return this.#clock.monotonic() - this.#suspendedFor;
  }

  wallTime(): number {
    return this.#stoppedAt ?? this.#clock.wallTime() + this.#wallOffset;
  }

  timestamp(): string {
    return new Date(this.wallTime()).toISOString();
  }

  /** Sets this instance's wall clock forward or back. */
  jump(by: number): void {
    this.#wallOffset += by;
  }

  /** Takes back what has just passed on the monotonic clock: the machine was suspended for so long. */
  wasSuspendedFor(ms: number): void {
    this.#suspendedFor += ms;
  }

  /** From here on this instance's wall clock shows the same time for ever. */
  stop(): void {
    this.#stoppedAt = this.wallTime();
  }
}
