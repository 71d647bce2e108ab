import { type DurationMs, durationMs, seconds } from '../domain/time.ts';

/** How long the operations on a lock may take, all following from its ttl. */
export interface LockTimings {
  readonly ttlMs: DurationMs;
  /** One operation on the lock: its write, its retries and its read-backs together. */
  readonly operationBudgetMs: DurationMs;
  /** One request of such an operation. Two of them fit the budget, so that a lost answer can be resolved within it. */
  readonly requestTimeoutMs: DurationMs;
}

export function lockTimings(ttlMs: DurationMs): LockTimings {
  const operationBudgetMs = durationMs(Math.min(seconds(5), ttlMs / 6));
  return { ttlMs, operationBudgetMs, requestTimeoutMs: durationMs(Math.floor(operationBudgetMs * 0.4)) };
}
