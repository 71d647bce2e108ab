import type { Clock, SleepSignal } from '../../src/application/ports/clock.ts';
import type { LockStore } from '../../src/application/ports/lock-store.ts';
import type { MessageHandler } from '../../src/application/ports/message-handler.ts';
import type { Delivery } from '../../src/domain/message.ts';
import type { OwnerId } from '../../src/domain/owner.ts';
import { type DurationMs, seconds } from '../../src/domain/time.ts';
import { SimulatedProcess, settlementOf } from '../support/simulated-process.ts';

/** The shortest ttl that leaves something of it valid after the margin: few polls until it expires. */
export const exploredTtl: DurationMs = seconds(2);

/** Pauses between the tries of one request, which no signal ends, take no time: when a try is answered is a choice anyway. */
const longestPauseMs = 500;

/** What the process waits for from outside, and how it is let go on. */
export interface Sleeper {
  readonly dueAt: number;
  wake(): void;
}

/** How a delivery ended: settled as complete or for good, or given back to come again. */
export type Ending = 'settled' | 'given back';

export interface ProcessOptions {
  readonly name: string;
  readonly store: LockStore;
  readonly now: () => number;
  /** By how much its clock is wrong, in milliseconds. */
  readonly wallOffset: number;
  readonly random: () => number;
  readonly handler: MessageHandler;
  /** Whether a completed lock is kept. Default: yes. */
  readonly keepsCompleted?: boolean | undefined;
  /** Is told how a delivery ended. */
  readonly tell: (what: string) => void;
}

/** One process of the app, which runs the real code. Time and the store are in the hands of whoever runs the process. */
export class Process {
  readonly name: string;
  readonly sleepers: Sleeper[] = [];
  /** How its deliveries ended, in the order in which they were started. */
  readonly endings: (Ending | undefined)[] = [];
  isCrashed = false;
  readonly #options: ProcessOptions;
  readonly #process: SimulatedProcess;

  constructor(options: ProcessOptions) {
    const { name, store, random, handler, keepsCompleted = true } = options;
    this.name = name;
    this.#options = options;
    const settings = { lockTtlMs: exploredTtl, keepsCompleted };
    this.#process = new SimulatedProcess({ name, store, clock: this.clock, random, handler, settings });
  }

  /** How its first delivery ended, or the process. */
  get ended(): Ending | 'crashed' | undefined {
    return this.isCrashed ? 'crashed' : this.endings[0];
  }

  start(delivery: Delivery): void {
    const { tell } = this.#options;
    const index = this.endings.push(undefined) - 1;
    void this.#process.run(delivery).then((ended) => {
      this.endings[index] = settlementOf(ended) === undefined ? 'given back' : 'settled';
      tell('outcome' in ended ? ended.outcome : `gives the message back: ${String(ended.error)}`);
    });
  }

  crash(): void {
    this.isCrashed = true;
    this.sleepers.length = 0;
  }

  isOwner = (owner: OwnerId): boolean => this.#process.isOwner(owner);

  get clock(): Clock {
    const { now, wallOffset } = this.#options;
    return {
      monotonic: now,
      wallTime: () => now() + wallOffset,
      timestamp: () => '2024-01-01T00:00:00.000Z',
      sleep: async (wait, signal) => {
        if (signal?.aborted) throw signal.reason;
        if (wait > (signal === undefined ? longestPauseMs : 0)) await this.#sleep(now() + wait, signal);
      },
    };
  }

  #sleep(dueAt: number, signal: SleepSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.sleepers.splice(this.sleepers.indexOf(sleeper), 1);
        signal?.removeEventListener('abort', abort);
      };
      const abort = () => {
        leave();
        reject(signal?.reason);
      };
      const wake = () => {
        leave();
        resolve();
      };
      const sleeper = { dueAt, wake };
      signal?.addEventListener('abort', abort, { once: true });
      this.sleepers.push(sleeper);
    });
  }
}
