import { type LockRecord, tokenOf } from '../../src/domain/lock-record.ts';
import { isSamePhysicalMessage } from '../../src/domain/physical-message.ts';
import { graceOf } from '../../src/domain/ttl.ts';
import type { Applied, EffectApplied, Freeze, LockApplied, PlannedStep } from './evidence.ts';

/** What one execution showed of itself in the store. */
interface Execution {
  readonly attempt: number;
  readonly token: number;
  /** Of its last write. */
  record: LockRecord;
  wroteAt: number;
  readonly ran: Set<string>;
  lateEffects: number;
}

/**
 * Follows the writes of one message in the order in which the store applied them, and says what must not have happened.
 *
 * **What is finished.** A step is finished from the write on that says so in the lock, and not before: when its process is
 * killed, its effect may be done, but nobody could know. So the line of a step may come again by another owner, as long as no
 * write had finished it. Each line after that write is a violation, but for one that comes late:
 *
 * **What may come late.** The log refuses nobody. Of an owner whose time is over, one more line may come: of the step whose
 * guard was passed when the time was not over. It is explained only if its process was frozen since its last write of the
 * lock, or if the run itself has held the line back for longer than the sender waits. Anything else is work without the lock.
 * So a current owner has no excuse at all, and none begins a second step after its time, or one that it knew as finished.
 */
export class MessageAudit {
  readonly #steps: readonly PlannedStep[];
  readonly #freezes: readonly Freeze[];
  readonly #executions = new Map<string, Execution>();
  readonly #ran = new Set<string>();
  readonly #violations: string[] = [];
  #last: LockApplied | undefined;
  #fence: { readonly fencingToken: number; readonly owner: string } | undefined;
  #takeovers = 0;
  #lateEffects = 0;
  #refused = 0;
  #isFailedOnce = false;

  constructor(steps: readonly PlannedStep[], freezes: readonly Freeze[]) {
    this.#steps = steps;
    this.#freezes = freezes;
  }

  /** What came of it, when the last write was looked at. */
  get findings() {
    return {
      violations: this.#violations as readonly string[],
      last: this.#last?.record,
      isFailedOnce: this.#isFailedOnce,
      executions: this.#executions.size,
      takeovers: this.#takeovers,
      lateEffects: this.#lateEffects,
      refused: this.#refused,
    };
  }

  look(write: Applied): void {
    if (write.kind === 'lock') this.#lookAtLock(write);
    else if (write.kind === 'effect') this.#lookAtEffect(write);
    else this.#lookAtFenced(write);
  }

  #lookAtLock(write: LockApplied): void {
    const { record } = write;
    const execution = this.#executions.get(record.owner);
    if (this.#last === undefined)
      this.#check(record.attempt === 1 && record.state === 'held', 'the lock began as taken over');
    else if (record.owner === this.#last.record.owner) this.#lookAtRenewal(write, this.#last.record);
    else if (execution !== undefined) this.#tell(`owner ${record.owner} wrote the lock after it was taken over`);
    else this.#lookAtTakeover(write, this.#last);

    this.#lookAtSteps(record, execution);
    const wroteAt = write.at;
    if (execution !== undefined) Object.assign(execution, { record, wroteAt });
    else {
      const { attempt } = record;
      this.#executions.set(record.owner, {
        attempt,
        token: tokenOf(write),
        record,
        wroteAt,
        ran: new Set(),
        lateEffects: 0,
      });
    }
    if (record.state === 'failed') this.#isFailedOnce = true;
    this.#last = write;
  }

  /** After its last word an owner can only repeat it, for a write of it that landed late. */
  #lookAtRenewal({ record }: LockApplied, before: LockRecord): void {
    this.#check(
      before.state === 'held' || record.state === before.state,
      `its owner made a ${before.state} lock ${record.state}`,
    );
    this.#check(sequenceOf(record) > sequenceOf(before), `write ${record.writeId} came after ${before.writeId}`);
    this.#check(record.attempt === before.attempt, `attempt ${before.attempt} called itself ${record.attempt}`);
  }

  #lookAtTakeover(write: LockApplied, before: LockApplied): void {
    const { record } = write;
    const previous = before.record;
    this.#takeovers += 1;
    this.#check(tokenOf(write) > tokenOf(before), `token ${tokenOf(write)} came after ${tokenOf(before)}`);
    this.#check(
      record.attempt === (previous.state === 'failed' ? 1 : previous.attempt + 1),
      `attempt ${record.attempt} took over from attempt ${previous.attempt}`,
    );
    const isSame = isSamePhysicalMessage(previous.delivery, record.delivery);
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

  #lookAtSteps(record: LockRecord, execution: Execution | undefined): void {
    const before = this.#last?.record.steps ?? [];
    for (const [index, { name, status }] of before.entries()) {
      if (status !== 'finished') continue;
      const now = record.steps[index];
      this.#check(now?.name === name && now.status === 'finished', `the finished step ${name} was forgotten`);
    }
    for (const [index, { name, status }] of record.steps.entries()) {
      if (status !== 'finished' || before[index]?.status === 'finished') continue;
      this.#check(execution?.ran.has(name) === true, `step ${name} was finished by an owner that had not run it`);
      this.#check(this.#steps[index]?.name === name, `step ${name} was finished as number ${index + 1}`);
      const open = record.steps.slice(0, index).find((earlier) => earlier.status !== 'finished');
      this.#check(open === undefined, `step ${name} was finished before ${open?.name}`);
    }
    if (record.state !== 'completed') return;
    const open = this.#steps.find((_, index) => record.steps[index]?.status !== 'finished');
    this.#check(open === undefined, `the work was completed without step ${open?.name}`);
  }

  #lookAtEffect(write: EffectApplied): void {
    const { owner, step, attempt, fencingToken } = write.line;
    const execution = this.#executions.get(owner);
    if (execution === undefined) {
      this.#tell(`step ${step} ran for ${owner}, who never had the lock`);
      return;
    }
    this.#check(
      execution.attempt === attempt,
      `step ${step} ran as attempt ${attempt}, which was ${execution.attempt}`,
    );
    this.#check(
      execution.token === fencingToken,
      `step ${step} ran with token ${fencingToken}, not ${execution.token}`,
    );
    this.#check(!execution.ran.has(step), `step ${step} ran twice in attempt ${attempt}`);

    const position = this.#steps.findIndex(({ name }) => name === step);
    const known = execution.record.steps;
    this.#check(known[position]?.status !== 'finished', `the finished step ${step} ran again, in attempt ${attempt}`);
    const open = this.#steps.slice(0, position).find((_, index) => known[index]?.status !== 'finished');
    this.#check(open === undefined, `step ${step} ran before ${open?.name} was stored as finished`);
    if (this.#steps[position]?.atMostOnce) {
      this.#check(!this.#ran.has(step), `step ${step} is to run at most once, and ran again in attempt ${attempt}`);
      this.#check(known[position]?.status === 'started', `step ${step} ran before it was stored that it begins`);
    }
    this.#lookAtTime(write, execution);
    execution.ran.add(step);
    this.#ran.add(step);
  }

  /** Whether it was the owner's time to work. */
  #lookAtTime(write: EffectApplied, execution: Execution): void {
    const { owner, step, attempt } = write.line;
    const current = this.#last?.record;
    if (current?.owner === owner && current.state === 'held') return;
    execution.lateEffects += 1;
    this.#lateEffects += 1;
    const when =
      current?.owner === owner ? `after its lock was ${current.state}` : `after attempt ${current?.attempt} began`;
    this.#check(execution.lateEffects === 1, `attempt ${attempt} began a second step ${when}: ${step}`);
    this.#check(this.#isExplained(write, execution), `attempt ${attempt} began step ${step} ${when}`);
  }

  /** Whether the run itself has delayed this line, or stopped the process that wrote it, since that last wrote the lock. */
  #isExplained({ at, onTheWayMs }: EffectApplied, { record, wroteAt }: Execution): boolean {
    if (onTheWayMs >= senderWaitsMs) return true;
    const pid = Number(record.host.split('/').at(-1));
    return this.#freezes.some(
      (freeze) => (freeze.pid === pid || freeze.pid === 'all') && freeze.from <= at && freeze.to >= wroteAt,
    );
  }

  #lookAtFenced({ owner, fencingToken, isStored }: Applied & { kind: 'fenced' }): void {
    const fence = this.#fence;
    const isOlder = fence !== undefined && fencingToken < fence.fencingToken;
    if (!isStored) {
      if (isOlder) this.#refused += 1;
      return;
    }
    this.#check(!isOlder, `an effect with token ${fencingToken} replaced one with token ${fence?.fencingToken}`);
    this.#check(
      fence?.fencingToken !== fencingToken || fence.owner === owner,
      `two owners made effects with token ${fencingToken}`,
    );
    this.#check(
      this.#executions.get(owner)?.token === fencingToken,
      `an effect was made with token ${fencingToken} by ${owner}, who does not have it`,
    );
    this.#fence = { fencingToken, owner };
  }

  #check(isRight: boolean, otherwise: string): void {
    if (!isRight) this.#tell(otherwise);
  }

  #tell(what: string): void {
    this.#violations.push(what);
  }
}

/** How long a process waits for the answer to one request, with the ttl that the run gives it: ttl / 6 × 0.4, rounded down. */
const senderWaitsMs = 300;

const sequenceOf = ({ writeId }: LockRecord): number => Number(writeId.slice(writeId.lastIndexOf(':') + 1));
