import type { LockRecord } from '../../../domain/lock-record.ts';
import type { LockEvents } from '../lock-events.ts';
import { noTracing, type Tracing } from './tracing.ts';

/** Locks of one state that are not due. */
export interface Staying {
  readonly count: number;
  /** How old the oldest of them is, by the store's clock. */
  readonly oldestAgeMs: number;
}

/** What a run of the sweep did that came to the last lock. */
export interface SweepReport {
  readonly durationMs: number;
  readonly deleted: number;
  /** What it left, by state; undefined if an earlier run had seen a part of it. */
  readonly stays?: ReadonlyMap<LockRecord['state'], Staying>;
}

/** All that is told of a process to those who watch it from outside. Nothing of it throws or waits. */
export interface Telemetry extends Tracing, LockEvents {
  swept(report: SweepReport): void;
  /** A write was refused to an owner whose lock was taken over. */
  refusedEffect(effect: string): void;
}

export const noTelemetry: Telemetry = { ...noTracing, emit: () => {}, swept: () => {}, refusedEffect: () => {} };
