import { type DurationMs, durationMs, seconds } from '../domain/time.ts';

/** When, counted from its start, an execution has to be how far, so that it ends before its host ends it. */
export interface ExecutionBudget {
  /** From here on no work is started. */
  readonly abortAfterMs: DurationMs;
}

/** The budget of an execution that its host ends after `functionTimeoutMs`. A tenth, at most 30 s, is kept for its end. */
export const executionBudget = (functionTimeoutMs: DurationMs): ExecutionBudget => ({
  abortAfterMs: durationMs(functionTimeoutMs - Math.min(seconds(30), functionTimeoutMs / 10)),
});
