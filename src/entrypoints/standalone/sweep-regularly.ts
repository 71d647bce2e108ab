import type { Log } from '../../adapters/telemetry/log.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { SweepLocks } from '../../application/sweep-locks.ts';
import type { DurationMs } from '../../domain/time.ts';

/** Sweeps once an interval, never twice at a time, until `over` is aborted. It never rejects: the next sweep is another chance. */
export async function sweepRegularly(
  sweepLocks: SweepLocks,
  {
    clock,
    log,
    intervalMs,
    over,
  }: {
    readonly clock: Clock;
    readonly log: Log;
    readonly intervalMs: DurationMs;
    readonly over: AbortSignal;
  },
): Promise<void> {
  while (!over.aborted) {
    await clock.sleep(intervalMs, over).catch(() => undefined);
    if (over.aborted) return;
    try {
      const outcome = await sweepLocks.run(over);
      if (outcome.kind === 'swept') log('info', `Swept ${outcome.deleted} of ${outcome.listed} locks.`, { ...outcome });
    } catch (error) {
      log('warn', 'The sweep ended early; the next one goes on.', { error });
    }
  }
}
