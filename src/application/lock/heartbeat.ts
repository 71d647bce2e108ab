import { durationMs } from '../../domain/time.ts';
import { errorText } from '../error-text.ts';
import type { EndOfWork } from '../time/signals.ts';
import type { LockSession } from './lock-session.ts';
import type { LockPorts } from './owned-write.ts';

/**
 * Renews `lock` whenever nothing was written for a third of its ttl, until `over` is aborted. When it cannot be renewed as
 * long as it is valid, the work is aborted. It never rejects.
 */
export async function keepRenewed(
  { clock, timings: { heartbeatMs } }: Pick<LockPorts, 'clock' | 'timings'>,
  lock: LockSession,
  over: EndOfWork,
): Promise<void> {
  const pause = (ms: number) => clock.sleep(durationMs(Math.max(0, ms)), over).catch(() => undefined);
  while (!over.aborted) {
    // Any other write renews too, and moves the next heartbeat on.
    if (lock.idleMs < heartbeatMs) {
      await pause(heartbeatMs - lock.idleMs);
      continue;
    }
    try {
      await lock.renew(over);
    } catch (error) {
      if (over.aborted || lock.isLost) return;
      lock.emit({ kind: 'heartbeat-failed', owner: lock.owner, cause: errorText(error) });
      await pause(Math.min(1000, lock.validForMs));
      if (!over.aborted && lock.validForMs === 0) return lock.expire();
    }
  }
}
