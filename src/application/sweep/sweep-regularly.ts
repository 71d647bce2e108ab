import { type DurationMs, durationMs, seconds } from '../../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { SweepLocks, SweepOutcome } from '../sweep-locks.ts';

/** Is told of each sweep. It must not throw. */
export interface SweepLog {
  swept(scope: string, outcome: SweepOutcome): void;
  failed(error: unknown): void;
}

/** A process that does not live for an interval sweeps, too, but not beside its start. */
const longestFirstWaitMs = seconds(60);

/** Sweeps once an interval, never twice at a time, until `over` is aborted. It never rejects: the next sweep is another chance. */
export async function sweepRegularly(
  sweepLocks: SweepLocks,
  {
    clock,
    log,
    intervalMs,
    over,
  }: {
    readonly clock: Pick<Clock, 'sleep'>;
    readonly log: SweepLog;
    /** Undefined: never. */
    readonly intervalMs: DurationMs | undefined;
    readonly over: AbortSignal;
  },
): Promise<void> {
  if (intervalMs === undefined) return;
  let waitMs = durationMs(Math.min(intervalMs, longestFirstWaitMs));
  while (!over.aborted) {
    await clock.sleep(waitMs, over).catch(() => undefined);
    if (over.aborted) return;
    waitMs = intervalMs;
    try {
      log.swept(sweepLocks.scope, await sweepLocks.run(over));
    } catch (error) {
      log.failed(error);
    }
  }
}
