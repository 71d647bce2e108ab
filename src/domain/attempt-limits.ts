import type { LockRecord } from './lock-record.ts';

/** How many owners in a row may end without a trace before the message is assumed to end them. */
export const mostCrashes = 5;

/** Why a record that was just acquired must not be worked on any more, as a sentence; undefined if it may be. */
export function exhaustion({ attempt, crashes, lastError }: LockRecord, maxAttempts: number): string | undefined {
  if (crashes >= mostCrashes) {
    return `${crashes} executions in a row ended without a last word and without a finished step. It is not tried again.`;
  }
  if (attempt > maxAttempts) {
    return `All ${maxAttempts} attempts are used up. The last error: ${lastError ?? 'none was recorded'}`;
  }
  return undefined;
}
