import type { DurationMs } from '../../domain/time.ts';
import type { MessageHandler } from '../ports/message-handler.ts';
import type { Span } from '../ports/telemetry/tracing.ts';
import type { WorkSlot } from '../ports/work-slot.ts';

export interface ProcessSettings {
  readonly lockTtlMs: DurationMs;
  readonly activeLockWaitMs: DurationMs;
  /** How often the broker delivers a message before it dead-letters it. */
  readonly maxDeliveryCount: number;
  /** How often a message is worked on before it is failed. */
  readonly maxAttempts: number;
  /** How long the host lets one execution run. */
  readonly functionTimeoutMs: DurationMs;
  /** Whether completed locks are kept, so that late duplicates are skipped; else they are deleted at once. */
  readonly keepsCompleted: boolean;
  /** The machine and process, for people who read a lock. */
  readonly host: string;
}

/** What a host may tell of one execution. */
export interface ExecutionOptions {
  /** Aborted when the host stops: waits end at once, and work is asked to end. */
  readonly shutdown?: AbortSignal;
  /** Parked while the delivery only waits. */
  readonly slot?: WorkSlot;
  /** The work of this delivery alone, in the place of the process's. */
  readonly handler?: MessageHandler | undefined;
  /** How long this delivery waits for an active lock. Default: the setting. */
  readonly waitMs?: DurationMs | undefined;
  /** Whether work that failed for good is begun again. Default: if another physical message asks for it. */
  readonly again?: boolean | undefined;
  /** What the execution is told of as. */
  readonly span?: Span;
}
