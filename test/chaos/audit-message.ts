import type { LockRecord } from '../../src/domain/lock-record.ts';
import { EffectAudit } from './audit-effects.ts';
import { FenceAudit } from './audit-fences.ts';
import { LockAudit } from './audit-locks.ts';
import type { Applied, Freeze, PlannedStep } from './evidence.ts';

/** What the history of one message showed. */
export interface Findings {
  /** What must not have happened, a sentence each. */
  readonly violations: readonly string[];
  /** The record at the end. */
  readonly last: LockRecord | undefined;
  /** Whether it was failed at any time, though it may have been sent anew since. */
  readonly isFailedOnce: boolean;
  readonly counts: {
    readonly executions: number;
    readonly takeovers: number;
    readonly lateEffects: number;
    readonly refused: number;
  };
}

/** Follows what the store applied for one message with this work, in the order in which it did. */
export function auditMessage(
  history: readonly Applied[],
  steps: readonly PlannedStep[],
  freezes: readonly Freeze[],
): Findings {
  const violations: string[] = [];
  const tell = (what: string) => violations.push(what);
  const locks = new LockAudit(steps, tell);
  const effects = new EffectAudit(locks, steps, freezes, tell);
  const fences = new FenceAudit(locks, tell);
  for (const write of history) {
    if (write.kind === 'lock') locks.look(write);
    else if (write.kind === 'effect') effects.look(write);
    else fences.look(write);
  }
  const { current: last, isFailedOnce, executions, takeovers } = locks;
  const counts = { executions: executions.size, takeovers, lateEffects: effects.late, refused: fences.refused };
  return { violations, last, isFailedOnce, counts };
}
