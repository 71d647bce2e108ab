import { type DurationMs, durationMs } from '../../domain/time.ts';

/**
 * How long after a failure the next attempt may start: 1, 2, 4 … s, spread by a fifth so that messages that failed together
 * drift apart. It stays 5 s below the time a delivery waits for an active lock, so that one delivery is one attempt.
 */
export function retryAfter(failures: number, activeLockWaitMs: DurationMs, fraction: number): DurationMs {
  const longest = Math.max(0, activeLockWaitMs - 5000);
  const backOff = Math.min(2 ** (failures - 1) * 1000, longest);
  return durationMs(Math.round(backOff * (0.8 + 0.4 * fraction)));
}
