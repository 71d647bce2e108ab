import { type DurationMs, durationMs } from '../../domain/time.ts';
import type { Clock } from '../ports/clock.ts';

/** A moment by both of an instance's clocks, to measure from. */
export interface Instant {
  readonly monotonic: number;
  readonly wall: number;
}

export const instant = (clock: Clock): Instant => ({ monotonic: clock.monotonic(), wall: clock.wallTime() });

/**
 * How long ago `start` was: the longer of what the two clocks say. One of them can have stood still, with the machine asleep,
 * or been set back.
 */
export const elapsedSince = (clock: Clock, start: Instant): DurationMs =>
  durationMs(Math.max(clock.monotonic() - start.monotonic, clock.wallTime() - start.wall));

/**
 * How long an owner may start steps, by its own clocks. It counts from before the request that wrote the lock was sent, which
 * is before the store stamped it; what the others wait on top of the ttl covers the difference in the clocks' rates.
 */
export class Validity {
  readonly #clock: Clock;
  readonly #lengthMs: DurationMs;
  #start: Instant;

  constructor(clock: Clock, lengthMs: DurationMs, start: Instant) {
    this.#clock = clock;
    this.#lengthMs = lengthMs;
    this.#start = start;
  }

  /** Counts anew, from before a later write. */
  restart(start: Instant): void {
    this.#start = start;
  }

  /** The time since the write that this counts from. */
  get ageMs(): DurationMs {
    return elapsedSince(this.#clock, this.#start);
  }

  get leftMs(): DurationMs {
    return durationMs(Math.max(0, this.#lengthMs - this.ageMs));
  }
}
