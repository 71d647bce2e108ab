import { escapeId } from '../../domain/escaped-id.ts';
import type { LockContent } from '../../domain/lock-record.ts';
import type { OperatorAct } from '../../domain/operator-act.ts';
import type { OperatorWrite } from '../../domain/operator-decisions.ts';
import { ownerId } from '../../domain/owner.ts';
import { rfc3339 } from '../../domain/utc-text.ts';
import type { MessageIdentity } from '../../domain/work-key.ts';
import { putAsOwner, readInBudget, type WrittenLock } from '../lock/owned-write.ts';
import { WriteSequence } from '../lock/write-sequence.ts';
import type { StoredLock } from '../ports/lock-store.ts';
import { type OperatorPorts, subjectOf } from './operator-ports.ts';

/** What a person wants done to the lock of a message. */
export interface OperatorRequest {
  readonly message: MessageIdentity;
  /** Why, for whoever reads the lock or the log later. */
  readonly reason: string;
  /** Decides as always, and writes nothing. */
  readonly isDryRun?: boolean;
}

/** What to write in the place of a lock, or why not. */
export type Plan<Refusal> =
  | { readonly kind: 'write'; readonly contentOf: (by: OperatorWrite) => LockContent }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export type OperatorOutcome<Refusal> =
  /** Written on the revision that was decided about; `stored` is that one. */
  | { readonly kind: 'written'; readonly stored: StoredLock; readonly lock: WrittenLock }
  /** It would be written. */
  | { readonly kind: 'planned'; readonly stored: StoredLock }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly stored: StoredLock }
  | { readonly kind: 'absent' }
  /** Another owner was faster. Nothing was written: look at the lock again. */
  | { readonly kind: 'changed'; readonly stored: StoredLock | undefined };

/** An owner at work writes every few seconds: each such write costs one try. */
const mostTries = 5;

/**
 * Reads the lock, decides, and writes on exactly the revision that was decided about. A write of the same owner in between
 * is decided about anew; another owner ends it.
 *
 * @throws LockUndecidedError if what became of the write cannot be learnt; LockStoreError if the store refuses.
 */
export async function writeAsOperator<Refusal>(
  ports: OperatorPorts,
  action: OperatorAct['action'],
  { message, reason, isDryRun = false }: OperatorRequest,
  planFor: (stored: StoredLock) => Plan<Refusal>,
): Promise<OperatorOutcome<Refusal>> {
  const subject = subjectOf(ports, message);
  let stored = await readInBudget(ports, subject);
  const shown = stored?.record.owner;
  for (let tries = 0; tries < mostTries; tries += 1) {
    if (stored === undefined) return tries === 0 ? { kind: 'absent' } : { kind: 'changed', stored };
    if (stored.record.owner !== shown) break;
    const plan = planFor(stored);
    if (plan.kind === 'refused') return { kind: 'refused', refusal: plan.refusal, stored };
    if (isDryRun) return { kind: 'planned', stored };
    // A new name for every try: a late write of one that was lost must never be taken for this one.
    const sequence = new WriteSequence(operatorName(ports));
    const act: OperatorAct = { action, who: ports.who, reason, at: rfc3339(stored.observedAt) };
    const content = plan.contentOf({ ownership: { owner: sequence.owner, host: ports.host }, act });
    const { operationBudgetMs: budgetMs } = ports.timings;
    const write = await putAsOwner(ports, { subject, content, sequence, condition: stored, budgetMs });
    if (write.kind === 'ours') return { kind: 'written', stored, lock: write.lock };
    stored = write.stored;
  }
  return { kind: 'changed', stored };
}

/** Says in every listing that it was a person, and who. */
const operatorName = ({ who, ids }: OperatorPorts) =>
  ownerId(`operator:${escapeId(who.toWellFormed()).slice(0, 60)}:${ids.newOwnerId()}`);
