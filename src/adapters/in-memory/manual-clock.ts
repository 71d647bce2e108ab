import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import type { Clock, SleepSignal } from '../../application/ports/clock.ts';
import { type DurationMs, seconds } from '../../domain/time.ts';

export interface ManualClockOptions {
  /** What `wallTime` shows at first, in milliseconds since the epoch. Default: the start of 2024, UTC. */
  readonly wallTime?: number;
}

interface Sleeper {
  readonly dueAt: number;
  wake(): void;
}

/** A Clock that stands still until it is told how much time passes. */
export class ManualClock implements Clock {
  readonly #sleepers = new Set<Sleeper>();
  #onSleep: (() => void)[] = [];
  #monotonic = 0;
  #wallTime: number;

  constructor({ wallTime = Date.UTC(2024, 0, 1) }: ManualClockOptions = {}) {
    this.#wallTime = wallTime;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  wallTime(): number {
    return this.#wallTime;
  }

  timestamp(): string {
    return new Date(this.#wallTime).toISOString();
  }

  async sleep(wait: DurationMs, signal?: SleepSignal): Promise<void> {
    if (signal?.aborted) throw signal.reason;
    if (wait <= 0) return;
    await new Promise<void>((resolve, reject) => {
      const wake = () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const sleeper = { dueAt: this.#monotonic + wait, wake };
      const abort = () => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#sleepers.add(sleeper);
      const onSleep = this.#onSleep;
      this.#onSleep = [];
      for (const tell of onSleep) tell();
    });
  }

  /** How many sleep now. */
  get sleepers(): number {
    return this.#sleepers.size;
  }

  /** Resolves as soon as at least `count` sleep. */
  async untilAsleep(count = 1): Promise<void> {
    while (this.#sleepers.size < count) await new Promise<void>((resolve) => this.#onSleep.push(resolve));
  }

  /**
   * Lets `by` pass on both clocks. Whoever is due wakes in order, each at its own time, and may go to sleep again within
   * `by`; before the next one it gets a turn of the event loop, which is enough for work that waits for this clock alone.
   */
  async advance(by: DurationMs): Promise<void> {
    await turnOfTheEventLoop(); // what was just started goes on to its first sleep
    const end = this.#monotonic + by;
    for (let next = this.#nextDueBy(end); next !== undefined; next = this.#nextDueBy(end)) {
      this.#pass(Math.max(0, next.dueAt - this.#monotonic));
      this.#sleepers.delete(next);
      next.wake();
      await turnOfTheEventLoop();
    }
    this.#pass(Math.max(0, end - this.#monotonic));
  }

  /** Lets time pass until `end` has settled, and gives or throws what it does. Never resolves if it waits for anything else. */
  async until<T>(end: Promise<T>): Promise<T> {
    let isOver = false;
    const over = () => {
      isOver = true;
    };
    end.then(over, over);
    while (!isOver) await this.tick();
    return end;
  }

  /** One small part of the time that `until` lets pass. */
  protected tick(): Promise<void> {
    return this.advance(seconds(0.025));
  }

  /** Lets `by` pass on both clocks while nobody can wake: a blocked event loop. Who is overdue wakes with the next advance. */
  stall(by: DurationMs): void {
    this.#pass(by);
  }

  /** Sets the wall clock forward or back by `by` milliseconds, as NTP does, or the resumption of a suspended machine. */
  jumpWallTime(by: number): void {
    this.#wallTime += by;
  }

  #pass(by: number): void {
    this.#monotonic += by;
    this.#wallTime += by;
  }

  /** Of those that are due at the same time, who went to sleep first. */
  #nextDueBy(end: number): Sleeper | undefined {
    let next: Sleeper | undefined;
    for (const sleeper of this.#sleepers) {
      if (sleeper.dueAt <= end && (next === undefined || sleeper.dueAt < next.dueAt)) next = sleeper;
    }
    return next;
  }
}
