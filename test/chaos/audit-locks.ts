import { type LockRecord, tokenOf } from '../../src/domain/lock-record.ts';
import { isSamePhysicalMessage } from '../../src/domain/physical-message.ts';
import { graceOf } from '../../src/domain/ttl.ts';
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

/** Follows the applied writes of one lock: who had it when, and whether each write was its owner's to make. */
export class LockAudit {
  readonly executions = new Map<string, Execution>();
  takeovers = 0;
  isFailedOnce = false;
  readonly #steps: readonly PlannedStep[];
  readonly #tell: (what: string) => void;
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
    if (before === undefined) {
      this.#check(record.attempt === 1 && record.state === 'held', 'the lock began as taken over');
    } else if (record.owner === before.record.owner) this.#lookAtRenewal(record, before.record);
    else if (execution === undefined) this.#lookAtTakeover(write, before);
    else this.#tell(`owner ${record.owner} wrote the lock after it was taken over`);
    this.#lookAtSteps(record, before?.record, execution);

    if (execution !== undefined) Object.assign(execution, { record, wroteAt: write.at });
    else this.executions.set(record.owner, firstSeen(write));
    if (record.state === 'failed') this.isFailedOnce = true;
    this.#last = write;
  }

  /** After its last word an owner can only repeat it, for a write of it that landed late. */
  #lookAtRenewal(record: LockRecord, before: LockRecord): void {
    const isRepeated = record.state === before.state;
    this.#check(before.state === 'held' || isRepeated, `its owner made a ${before.state} lock ${record.state}`);
    this.#check(sequenceOf(record) > sequenceOf(before), `write ${record.writeId} came after ${before.writeId}`);
    this.#check(record.attempt === before.attempt, `attempt ${before.attempt} called itself ${record.attempt}`);
  }

  #lookAtTakeover(write: LockApplied, before: LockApplied): void {
    const { attempt, physical } = write.record;
    const previous = before.record;
    this.takeovers += 1;
    this.#check(tokenOf(write) > tokenOf(before), `token ${tokenOf(write)} came after ${tokenOf(before)}`);
    this.#check(
      attempt === (previous.state === 'failed' ? 1 : previous.attempt + 1),
      `attempt ${attempt} took over from attempt ${previous.attempt}`,
    );
    const isSame = isSamePhysicalMessage(previous.physical, physical);
    this.#check(previous.state !== 'completed', 'completed work was taken over');
    this.#check(previous.state !== 'failed' || !isSame, 'failed work was taken over for the same physical message');
    // Both stamps are the store's. Whoever took over had seen one between them.
    const agedMs = write.writtenAt - before.writtenAt;
    const leastMs = previous.ttlMs + graceOf(previous.ttlMs);
    this.#check(
      previous.state !== 'held' || agedMs > leastMs,
      `a lock was taken over after ${agedMs} ms that was to last ${leastMs} ms`,
    );
  }

  #lookAtSteps(record: LockRecord, before: LockRecord | undefined, execution: Execution | undefined): void {
    for (const [index, { name, status }] of (before?.steps ?? []).entries()) {
      const now = record.steps[index];
      const isKept = now?.name === name && now.status === 'finished';
      this.#check(status !== 'finished' || isKept, `the finished step ${name} was forgotten`);
    }
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

const sequenceOf = ({ writeId }: LockRecord): number => Number(writeId.slice(writeId.lastIndexOf(':') + 1));
