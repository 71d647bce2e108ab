import { type LockRecord, tokenOf } from '../../src/domain/lock-record.ts';
import { judge, Past } from '../support/judge.ts';
import type { LockApplied, PlannedStep } from './evidence.ts';

/** What one execution showed of itself in the store. */
export interface Execution {
  readonly attempt: number;
  readonly token: number;
  /** Of its last write. */
  record: LockRecord;
  wroteAt: number;
  /** The steps that left a line. */
  readonly ran: Set<string>;
  lateEffects: number;
}

/** Follows the applied writes of one lock: who had it when, whether each was right, and whether its steps had been run. */
export class LockAudit {
  readonly executions = new Map<string, Execution>();
  takeovers = 0;
  isFailedOnce = false;
  readonly #steps: readonly PlannedStep[];
  readonly #tell: (what: string) => void;
  readonly #past = new Past();
  #last: LockApplied | undefined;

  constructor(steps: readonly PlannedStep[], tell: (what: string) => void) {
    this.#steps = steps;
    this.#tell = tell;
  }

  /** The record that is stored now. */
  get current(): LockRecord | undefined {
    return this.#last?.record;
  }

  look(write: LockApplied): void {
    const { record } = write;
    const execution = this.executions.get(record.owner);
    const before = this.#last;
    if (before !== undefined && record.owner !== before.record.owner) this.takeovers += 1;
    for (const what of judge(before, write, { past: this.#past })) this.#tell(what);
    this.#past.writes(write);
    this.#lookAtSteps(record, before?.record, execution);

    if (execution !== undefined) Object.assign(execution, { record, wroteAt: write.at });
    else this.executions.set(record.owner, firstSeen(write));
    if (record.state === 'failed') this.isFailedOnce = true;
    this.#last = write;
  }

  #lookAtSteps(record: LockRecord, before: LockRecord | undefined, execution: Execution | undefined): void {
    for (const [index, { name, status }] of record.steps.entries()) {
      if (status !== 'finished' || before?.steps[index]?.status === 'finished') continue;
      this.#check(execution?.ran.has(name) === true, `step ${name} was finished by an owner that had not run it`);
      this.#check(this.#steps[index]?.name === name, `step ${name} was finished as number ${index + 1}`);
      const open = record.steps.slice(0, index).find((earlier) => earlier.status !== 'finished');
      this.#check(open === undefined, `step ${name} was finished before ${open?.name}`);
    }
    const open = this.#steps.find((_, index) => record.steps[index]?.status !== 'finished');
    this.#check(
      record.state !== 'completed' || open === undefined,
      `the work was completed without step ${open?.name}`,
    );
  }

  #check(isRight: boolean, otherwise: string): void {
    if (!isRight) this.#tell(otherwise);
  }
}

const firstSeen = (write: LockApplied): Execution => ({
  attempt: write.record.attempt,
  token: tokenOf(write),
  record: write.record,
  wroteAt: write.at,
  ran: new Set(),
  lateEffects: 0,
});
