import { decideRelease, type ReleaseDecision, releasedByOperator } from '../../domain/operator-decisions.ts';
import type { OperatorPorts } from './operator-ports.ts';
import { subjectOf } from './operator-ports.ts';
import { type OperatorOutcome, type OperatorRequest, writeAsOperator } from './operator-write.ts';

export type ReleaseOutcome = OperatorOutcome<Exclude<ReleaseDecision, { kind: 'release' }>> & {
  /** What was, or would be, released. */
  readonly release?: ReleaseDecision & { readonly kind: 'release' };
};

/** Lets the work of a message be taken up again, by a person's decision. Its finished steps stay finished. */
export class ReleaseLock {
  readonly #ports: OperatorPorts;

  constructor(ports: OperatorPorts) {
    this.#ports = ports;
  }

  /**
   * With `isForced` also beside an owner that may be at work. That owner is fenced off and stops within the time that the
   * next one waits; but an effect that it has under way is not taken back, and may be made again.
   *
   * @throws LockUndecidedError, LockStoreError as every write does.
   */
  async run(request: OperatorRequest & { readonly isForced?: boolean }): Promise<ReleaseOutcome> {
    let release: (ReleaseDecision & { kind: 'release' }) | undefined;
    const outcome = await writeAsOperator<Exclude<ReleaseDecision, { kind: 'release' }>>(
      this.#ports,
      'release',
      request,
      (stored) => {
        const decision = decideRelease(stored, request.isForced === true);
        if (decision.kind !== 'release') return { kind: 'refused', refusal: decision };
        release = decision;
        return { kind: 'write', contentOf: (by) => releasedByOperator(stored, decision, by) };
      },
    );
    if (outcome.kind === 'written' && release !== undefined) {
      const { from, retryAfterMs } = release;
      this.#ports.events.emit({
        ...subjectOf(this.#ports, request.message),
        kind: 'released-by-operator',
        owner: outcome.lock.record.owner,
        previousOwner: outcome.stored.record.owner,
        from,
        retryAfterMs,
        who: this.#ports.who,
        reason: request.reason,
      });
    }
    return { ...outcome, ...(release !== undefined && { release }) };
  }
}
