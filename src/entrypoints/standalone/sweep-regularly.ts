import type { Log } from '../../adapters/telemetry/log.ts';
import { logSweep } from '../../adapters/telemetry/logged-sweep.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { SweepLocks } from '../../application/sweep-locks.ts';
import { type DurationMs, durationMs, seconds } from '../../domain/time.ts';

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
    readonly log: Log;
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
      logSweep(log, sweepLocks.scope, await sweepLocks.run(over));
    } catch (error) {
      log('warn', 'The sweep ended early; the next one goes on.', { error });
    }
  }
}
