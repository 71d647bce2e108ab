import type { LockRecord } from '../../src/domain/lock-record.ts';
import type { Execution, LockAudit } from './audit-locks.ts';
import type { EffectApplied, Freeze, PlannedStep } from './evidence.ts';

/**
 * Follows the lines that the steps of one message left, between the writes of its lock.
 *
 * **What is finished.** A step is finished from the write on that says so in the lock, and not before: when its process is
 * killed, its effect may be done, but nobody could know. So the line of a step may come again by another owner, as long as no
 * write had finished it. Each line after that write is a violation, but for one that comes late:
 *
 * **What may come late.** The log refuses nobody. Of an owner whose time is over, one more line may come: of the step whose
 * guard was passed when the time was not over. It is explained only if its process was frozen since its last write of the
 * lock, or if the line was on its way for longer than its sender waits: the run has held it back, or its owner has given the
 * lock up with the error that it does not know what became of the line. Anything else is work without the lock.
 * So a current owner has no excuse at all, and none begins a second step after its time, or one that it knew as finished.
 */
export class EffectAudit {
  late = 0;
  readonly #locks: LockAudit;
  readonly #steps: readonly PlannedStep[];
  readonly #freezes: readonly Freeze[];
  readonly #tell: (what: string) => void;
  readonly #ran = new Set<string>();

  constructor(
    locks: LockAudit,
    steps: readonly PlannedStep[],
    freezes: readonly Freeze[],
    tell: (what: string) => void,
  ) {
    this.#locks = locks;
    this.#steps = steps;
    this.#freezes = freezes;
    this.#tell = tell;
  }

  look(write: EffectApplied): void {
    const { owner, step, attempt, fencingToken } = write.line;
    const execution = this.#locks.executions.get(owner);
    if (execution === undefined) {
      this.#tell(`step ${step} ran for ${owner}, who never had the lock`);
      return;
    }
    const { token } = execution;
    this.#check(execution.attempt === attempt, `step ${step} ran as attempt ${attempt}, not ${execution.attempt}`);
    this.#check(token === fencingToken, `step ${step} ran with token ${fencingToken}, not ${token}`);
    this.#check(!execution.ran.has(step), `step ${step} ran twice in attempt ${attempt}`);
    this.#lookAtPlace(write, execution);
    this.#lookAtTime(write, execution);
    execution.ran.add(step);
    this.#ran.add(step);
  }

  /** Whether it was the step's turn, by all that its owner had stored or found. */
  #lookAtPlace({ line: { step, attempt } }: EffectApplied, { record }: Execution): void {
    const position = this.#steps.findIndex(({ name }) => name === step);
    const status = record.steps[position]?.status;
    this.#check(status !== 'finished', `the finished step ${step} ran again, in attempt ${attempt}`);
    const open = this.#steps.slice(0, position).find((_, index) => record.steps[index]?.status !== 'finished');
    this.#check(open === undefined, `step ${step} ran before ${open?.name} was stored as finished`);
    if (this.#steps[position]?.atMostOnce !== true) return;
    this.#check(!this.#ran.has(step), `step ${step} is to run at most once, and ran again in attempt ${attempt}`);
    this.#check(status === 'started', `step ${step} ran before it was stored that it begins`);
  }

  /** Whether it was the owner's time to work. */
  #lookAtTime(write: EffectApplied, execution: Execution): void {
    const { owner, step, attempt } = write.line;
    const { current } = this.#locks;
    if (current?.owner === owner && current.state === 'held') return;
    execution.lateEffects += 1;
    this.late += 1;
    const isOwn = current?.owner === owner;
    const when = isOwn ? `after its lock was ${current.state}` : `after attempt ${current?.attempt} began`;
    this.#check(execution.lateEffects === 1, `attempt ${attempt} began a second step ${when}: ${step}`);
    this.#check(this.#isExplained(write, execution), `attempt ${attempt} began step ${step} ${when}`);
  }

  /** Whether the run itself has delayed this line, or stopped the process that wrote it, since that last wrote the lock. */
  #isExplained({ at, onTheWayMs }: EffectApplied, { record, wroteAt }: Execution): boolean {
    if (onTheWayMs >= senderWaitsMs || isGivenUp(record)) return true;
    const pid = Number(record.host.split('/').at(-1));
    return this.#freezes.some(
      (freeze) => (freeze.pid === pid || freeze.pid === 'all') && freeze.from <= at && freeze.to >= wroteAt,
    );
  }

  #check(isRight: boolean, otherwise: string): void {
    if (!isRight) this.#tell(otherwise);
  }
}

/** How long a process waits for the answer to one request, with the ttl that the run gives it: ttl / 6 × 0.4, rounded down. */
const senderWaitsMs = 300;

/** Whether the lock was given up since a line got no answer. */
const isGivenUp = ({ state, lastError }: LockRecord): boolean =>
  (state === 'released' || state === 'failed') && lastError?.includes('Could not append to the blob') === true;
