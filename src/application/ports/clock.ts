import type { DurationMs } from '../../domain/time.ts';

/** The instance's own clock. It measures how long things take and never decides who owns a lock. */
export interface Clock {
  /** Milliseconds of a clock that only goes forward, from an arbitrary start. It may stand still while the machine sleeps. */
  monotonic(): number;
  /** Milliseconds since the Unix epoch by this instance's clock, which can be wrong and can jump. */
  wallTime(): number;
  /** The wall time as an RFC 3339 text in UTC, for display. */
  timestamp(): string;
  /** Resolves after `wait`; rejects with the signal's reason as soon as that is aborted. */
  sleep(wait: DurationMs, signal?: SleepSignal): Promise<void>;
}

/** What ends a sleep early: an AbortSignal, or the part of one that a sleep needs. Listeners are told once. */
export interface SleepSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once: true }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** A number from 0 up to, but not including, 1. It spreads waits that would otherwise end together. */
export type Random = () => number;
