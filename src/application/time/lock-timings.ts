import { type DurationMs, durationMs, seconds } from '../../domain/time.ts';
import { graceOf } from '../../domain/ttl.ts';

/** How long things around a lock may take, all following from its ttl. */
export interface LockTimings {
  readonly ttlMs: DurationMs;
  /** How long after a write its owner may start steps: the ttl less a margin, which is as long as the others' grace. */
  readonly validityMs: DurationMs;
  /** How long after a write the lock is renewed, if there was no other write. */
  readonly heartbeatMs: DurationMs;
  /** One operation on the lock: its write, its retries and its read-backs together. */
  readonly operationBudgetMs: DurationMs;
  /** One request of such an operation. Two of them fit the budget, so that a lost answer can be resolved within it. */
  readonly requestTimeoutMs: DurationMs;
}

/** For every ttl: two heartbeats and an operation fit the validity, so that one failed heartbeat loses nothing. */
export function lockTimings(ttlMs: DurationMs): LockTimings {
  const operationBudgetMs = Math.min(seconds(5), ttlMs / 6);
  return {
    ttlMs,
    validityMs: durationMs(ttlMs - graceOf(ttlMs)),
    heartbeatMs: durationMs(Math.floor(ttlMs / 3)),
    operationBudgetMs: durationMs(Math.floor(operationBudgetMs)),
    requestTimeoutMs: durationMs(Math.floor(operationBudgetMs * 0.4)),
  };
}
