import { type DurationMs, durationMs } from '../../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import { Deadline } from './deadline.ts';

/** How far an execution has to be at which time, counted from its start, to end before its host ends it. */
export interface ExecutionLimits {
  /** The handler's signal is aborted, and no work is started any more. */
  readonly abortAfterMs: DurationMs;
  /** A handler that has not settled by now is not waited for. */
  readonly settledAfterMs: DurationMs;
  /** The last write of the lock is given up, and the execution returns. */
  readonly returnedAfterMs: DurationMs;
}

/** Of 300 s: 270, 280 and 290. Of less, the same shares. Of more, the same distances from the end. */
export function executionLimits(functionTimeoutMs: DurationMs): ExecutionLimits {
  const tenth = Math.min(10_000, functionTimeoutMs / 30);
  return {
    abortAfterMs: durationMs(functionTimeoutMs - 3 * tenth),
    settledAfterMs: durationMs(functionTimeoutMs - 2 * tenth),
    returnedAfterMs: durationMs(functionTimeoutMs - tenth),
  };
}

/**
 * One execution's time, by the clock that a host measures it with: one that does not jump. Waiting and working share it.
 */
export class ExecutionBudget {
  readonly limits: ExecutionLimits;
  readonly abort: Deadline;
  readonly settled: Deadline;
  readonly returned: Deadline;

  /** Counts from now. */
  constructor(clock: Clock, functionTimeoutMs: DurationMs) {
    this.limits = executionLimits(functionTimeoutMs);
    this.abort = new Deadline(clock, this.limits.abortAfterMs);
    this.settled = new Deadline(clock, this.limits.settledAfterMs);
    this.returned = new Deadline(clock, this.limits.returnedAfterMs);
  }
}
