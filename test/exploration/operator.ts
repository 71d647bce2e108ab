import type { WriteCondition } from '../../src/application/ports/lock-store.ts';
import type { LockRecord } from '../../src/domain/lock-record.ts';
import type { OperatorAct } from '../../src/domain/operator-act.ts';
import {
  answeredByOperator,
  decideAnswer,
  decideRelease,
  openSteps,
  releasedByOperator,
} from '../../src/domain/operator-decisions.ts';
import { ownerId, writeId } from '../../src/domain/owner.ts';
import type { LockLedger } from './lock-ledger.ts';

/**
 * What an operator writes now: a release, by force if it must be, or the true answer for the first step that waits for one.
 * Undefined if the act is refused.
 */
export function operatorWrite(
  ledger: LockLedger,
  action: OperatorAct['action'],
): { readonly record: LockRecord; readonly condition: WriteCondition } | undefined {
  const observed = ledger.read();
  if (observed === undefined) return undefined;
  const owner = ownerId(`operator-${action}`);
  const act: OperatorAct = { action, who: 'somebody', reason: 'a test', at: '2024-01-01T00:00:00.000Z' };
  const by = { ownership: { owner, host: 'desk/1' }, act };
  const written = { writeId: writeId(owner, 1) };
  const condition = { version: observed.version };
  if (action === 'release') {
    const decision = decideRelease(observed, true);
    // A failed one is released only where a message still is to take it over, which nobody here looks for.
    if (decision.kind !== 'release' || decision.from === 'failed') return undefined;
    return { record: { ...releasedByOperator(observed, decision, by), ...written }, condition };
  }
  const [position] = openSteps(observed.record);
  if (position === undefined || decideAnswer(observed, position).kind !== 'answer') return undefined;
  const isDone = ledger.rest.effects.has(observed.record.steps[position]?.name ?? '');
  const outcome = isDone ? ({ kind: 'done', result: null } as const) : ({ kind: 'not-done' } as const);
  return { record: { ...answeredByOperator(observed, { position, outcome }, by), ...written }, condition };
}
