import { type Answer, type AnswerDecision, answeredByOperator, decideAnswer } from '../../domain/operator-decisions.ts';
import { type OperatorPorts, subjectOf } from './operator-ports.ts';
import { type OperatorOutcome, type OperatorRequest, writeAsOperator } from './operator-write.ts';

export type AnswerOutcome = OperatorOutcome<Exclude<AnswerDecision, { kind: 'answer' }>>;

/** Says for a step that may run at most once, and was begun, whether it was done: only a person can find that out. */
export class AnswerStep {
  readonly #ports: OperatorPorts;

  constructor(ports: OperatorPorts) {
    this.#ports = ports;
  }

  /**
   * `step` is the place of the step, from 0, or its name if only one of that name waits for an answer.
   *
   * @throws LockUndecidedError, LockStoreError as every write does.
   */
  async run(
    request: OperatorRequest & { readonly step: number | string; readonly outcome: Answer['outcome'] },
  ): Promise<AnswerOutcome> {
    const { step, outcome: answered, message, reason } = request;
    let position: number | undefined;
    const outcome = await writeAsOperator<Exclude<AnswerDecision, { kind: 'answer' }>>(
      this.#ports,
      'answer',
      request,
      (stored) => {
        const { steps } = stored.record;
        const named = [...steps.keys()].filter(
          (place) => steps[place]?.name === step && steps[place]?.status === 'started',
        );
        const place = typeof step === 'number' ? step : named.length === 1 ? named[0] : undefined;
        const decision = decideAnswer(stored, place);
        if (decision.kind !== 'answer' || place === undefined) {
          return { kind: 'refused', refusal: decision as Exclude<AnswerDecision, { kind: 'answer' }> };
        }
        position = place;
        const answer: Answer = { position: place, outcome: answered };
        return { kind: 'write', contentOf: (by) => answeredByOperator(stored, answer, by) };
      },
    );
    if (outcome.kind === 'written' && position !== undefined) {
      const { record } = outcome.lock;
      this.#ports.events.emit({
        ...subjectOf(this.#ports, message),
        kind: 'answered-by-operator',
        owner: record.owner,
        step: record.steps[position]?.name ?? '',
        position,
        answer: answered.kind,
        who: this.#ports.who,
        reason,
      });
    }
    return outcome;
  }
}
