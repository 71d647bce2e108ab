import { mayBeRedriven, proposedActs, type Verdict } from '../../domain/dead-letter.ts';
import { compareFingerprints } from '../../domain/fingerprint.ts';
import { type DurationMs, durationMs, seconds } from '../../domain/time.ts';
import { readInBudget } from '../lock/owned-write.ts';
import type { StoredLock } from '../ports/lock-store.ts';
import { Deadline } from '../time/deadline.ts';
import type { DeadLetterMessage, DeadLetterPass, DeadLetters } from './dead-letters.ts';
import type { JudgedLetter, JudgeLetters } from './judge-letters.ts';
import { type OperatorPorts, subjectOf } from './operator-ports.ts';

export interface RedrivePorts
  extends Pick<OperatorPorts, 'store' | 'clock' | 'events' | 'timings' | 'lockNameOf' | 'who'> {
  readonly letters: DeadLetters;
  readonly judge: JudgeLetters;
}

export interface RedriveOptions {
  /** Put back on the queue, or removed since the work is done. Only letters whose verdict allows it are touched. */
  readonly act: 'redrive' | 'complete';
  readonly reason: string;
  readonly sequenceNumbers?: ReadonlySet<string> | undefined;
  readonly verdicts?: ReadonlySet<Verdict> | undefined;
  /** How many to act on at once: at first, then, and so on; the last one from there on. */
  readonly batches: readonly number[];
  readonly perSecond?: number | undefined;
  /** Whether the queue may drop a copy whose ID it has seen: a letter is then removed only once its copy was seen. */
  readonly mayDropCopies: boolean;
  /** Whether letters of sessions are put back, behind those that came after them. */
  readonly mayBreakOrder?: boolean;
  /** How long to wait, after each batch but those of the last size, for what becomes of its messages. */
  readonly watchMs?: DurationMs;
  /** Ends it after the batch that is under way. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: RedriveProgress) => void;
}

export interface RedriveProgress {
  /** Looked at so far. */
  readonly examined: number;
  /** Put back, or removed. */
  readonly done: number;
  /** Of those that were asked for, the ones that stay where they are. */
  readonly left: number;
}

export interface RedriveOutcome extends RedriveProgress {
  /** Why asked-for letters stay where they are. */
  readonly reasons: readonly { readonly sequenceNumber: string; readonly why: string }[];
  readonly ended: 'at-the-end' | 'stopped' | 'failed-again' | 'too-many-held';
}

/** The most that is received at once, whatever the batch. */
const largestBatch = 250;

/** Letters that were not asked for are held while the pass goes by them; more of them would outlast their peek-locks. */
const mostHeld = 5000;

const confirmWithin = seconds(10);
const lookEvery = durationMs(200);

/**
 * Puts dead letters back on their queue, or removes those whose work is done. Each is sent, then removed, never the other way:
 * whatever ends this process, each letter is still there, or its copy is on the queue, or both, and its lock lets its work
 * happen once.
 */
export class Redrive {
  readonly #ports: RedrivePorts;

  constructor(ports: RedrivePorts) {
    this.#ports = ports;
  }

  /**
   * Goes once through the dead letters.
   *
   * @throws Error if they cannot be received, or a copy is not confirmed. What was not removed until then is still there.
   */
  async run(options: RedriveOptions): Promise<RedriveOutcome> {
    const pass = await this.#ports.letters.take({ who: this.#ports.who, reason: options.reason });
    try {
      return await new Run(this.#ports, options, pass).toTheEnd();
    } finally {
      await pass.end();
    }
  }
}

/** What was received at once, and what their locks say of those that were asked for. */
interface Batch {
  readonly letters: readonly DeadLetterMessage[];
  readonly judged: readonly JudgedLetter[];
  readonly startedAt: number;
}

class Run {
  readonly #ports: RedrivePorts;
  readonly #options: RedriveOptions;
  readonly #pass: DeadLetterPass;
  readonly #received = new Set<string>();
  #examined = 0;
  readonly #reasons: { readonly sequenceNumber: string; readonly why: string }[] = [];
  #batch = 0;
  #done = 0;

  constructor(ports: RedrivePorts, options: RedriveOptions, pass: DeadLetterPass) {
    this.#ports = ports;
    this.#options = options;
    this.#pass = pass;
  }

  async toTheEnd(): Promise<RedriveOutcome> {
    let ahead: Promise<Batch> | undefined;
    try {
      for (;;) {
        if (this.#options.signal?.aborted) return this.#ended('stopped');
        const batch = await (ahead ?? this.#next());
        if (batch.letters.length === 0) return this.#ended('at-the-end');
        ahead = this.#isSteady ? this.#next() : undefined;
        // It is looked at in its turn.
        ahead?.catch(() => undefined);
        const ended = await this.#dealWith(batch);
        if (ended !== undefined) return this.#ended(ended);
      }
    } finally {
      // What it still receives is given back with all the rest.
      await ahead?.catch(() => undefined);
    }
  }

  /** The next ones, without any if there are no more. */
  async #next(): Promise<Batch> {
    const { sequenceNumbers: numbers } = this.#options;
    const startedAt = this.#ports.clock.monotonic();
    const received = await this.#pass.receive(this.#batchSize);
    // Those given out again since their peek-locks ran out have been dealt with: without others, all have been received.
    const letters = received.filter(({ received: { sequenceNumber } }) => !this.#received.has(sequenceNumber));
    for (const { received: each } of letters) this.#received.add(each.sequenceNumber);
    const inReach = letters.filter(
      (letter) =>
        !this.#pass.isOwnCopy(letter) && (numbers === undefined || numbers.has(letter.received.sequenceNumber)),
    );
    return { letters, judged: await this.#ports.judge.run(inReach), startedAt };
  }

  /** Whether the next batch is to be like this one, so that it can be received and judged while this one is sent. */
  get #isSteady(): boolean {
    const { batches, perSecond, sequenceNumbers } = this.#options;
    return this.#batch >= batches.length - 1 && perSecond === undefined && sequenceNumbers === undefined;
  }

  /** Why the run ends with this batch; undefined if it goes on. */
  async #dealWith({ letters, judged, startedAt }: Batch): Promise<RedriveOutcome['ended'] | undefined> {
    const { sequenceNumbers } = this.#options;
    const done = await this.#actOn(judged);
    this.#examined += letters.length;
    this.#done += done.length;
    this.#options.onProgress?.(this.#progress);
    if (await this.#hasFailedAgain(done)) return 'failed-again';
    const isAllDone = sequenceNumbers !== undefined && [...sequenceNumbers].every((each) => this.#received.has(each));
    if (isAllDone) return 'at-the-end';
    if (this.#examined - this.#done > mostHeld) return 'too-many-held';
    await this.#keepRate(done.length, startedAt);
    return undefined;
  }

  /** Those that were put back or removed. */
  async #actOn(judged: readonly JudgedLetter[]): Promise<readonly JudgedLetter[]> {
    const { verdicts, act, mayDropCopies } = this.#options;
    const asked = judged.filter(({ verdict }) => verdicts === undefined || verdicts.has(verdict));
    const allowed = asked.filter((each) => {
      const why = this.#refusal(each);
      if (why !== undefined) this.#leave(each, why);
      return why === undefined;
    });
    let ready: readonly JudgedLetter[] = allowed;
    if (act === 'redrive' && allowed.length > 0) {
      await this.#pass.resend(allowed.map(({ letter }) => letter));
      if (mayDropCopies) ready = await this.#confirmed(allowed);
    }
    const notRemoved = new Set(await this.#pass.remove(ready.map(({ letter }) => letter)));
    for (const each of ready) this.#tell(each, notRemoved.has(each.letter));
    return ready.filter(({ letter }) => !notRemoved.has(letter));
  }

  #refusal({ letter, verdict }: JudgedLetter): string | undefined {
    const { act, mayBreakOrder = false } = this.#options;
    const isAllowed = act === 'redrive' ? mayBeRedriven(verdict) : proposedActs[verdict] === 'complete';
    if (!isAllowed) return `its verdict is ${verdict}`;
    if (act === 'complete') return undefined;
    if (letter.notRepeatable !== undefined) return letter.notRepeatable;
    return letter.sessionId === undefined || mayBreakOrder
      ? undefined
      : `it is of the session ${JSON.stringify(letter.sessionId)}, and would come behind what was sent after it`;
  }

  /** A copy counts as there if it was seen on the queue, or if its lock was written since: somebody works on it. */
  async #confirmed(sent: readonly JudgedLetter[]): Promise<readonly JudgedLetter[]> {
    const deadline = new Deadline(this.#ports.clock, confirmWithin);
    const confirmed: JudgedLetter[] = [];
    for (let open = sent; open.length > 0; ) {
      const seen = await this.#pass.seen(open.map(({ letter }) => letter));
      const unseen: JudgedLetter[] = [];
      for (const each of open) {
        const isThere = seen.has(each.letter) || (await this.#isWrittenSince(each));
        (isThere ? confirmed : unseen).push(each);
      }
      open = unseen;
      if (open.length === 0) break;
      if (deadline.isOver) {
        for (const each of open) {
          this.#leave(each, 'its copy was not seen: the queue may have dropped it as a duplicate. Try again later');
        }
        break;
      }
      await this.#ports.clock.sleep(lookEvery);
    }
    return confirmed;
  }

  async #isWrittenSince(judged: JudgedLetter): Promise<boolean> {
    const lock = await this.#lockOf(judged);
    if (lock === undefined || judged.fingerprint === undefined || lock.version === judged.lock?.version) return false;
    // Of other content under its ID the lock says nothing about this message.
    return compareFingerprints(lock.record.fingerprint, judged.fingerprint) === 'same';
  }

  /** Whether one of a first, small batch failed for good again. */
  async #hasFailedAgain(done: readonly JudgedLetter[]): Promise<boolean> {
    const { act, batches, watchMs = seconds(0), signal } = this.#options;
    const isLastSize = this.#batch >= batches.length - 1;
    if (done.length > 0) this.#batch += 1;
    if (act !== 'redrive' || isLastSize || watchMs === 0) return false;
    const deadline = new Deadline(this.#ports.clock, watchMs);
    for (let open = done; open.length > 0; ) {
      const locks = await Promise.all(open.map((each) => this.#lockOf(each)));
      const isNew = (lock: StoredLock | undefined, index: number) => lock?.version !== open[index]?.lock?.version;
      if (locks.some((lock, index) => lock?.record.state === 'failed' && isNew(lock, index))) return true;
      open = open.filter((_, index) => locks[index]?.record.state !== 'completed');
      if (deadline.isOver || signal?.aborted) return false;
      if (open.length > 0) await this.#ports.clock.sleep(lookEvery);
    }
    return false;
  }

  #lockOf = async ({ identity }: JudgedLetter): Promise<StoredLock | undefined> =>
    identity && readInBudget(this.#ports, subjectOf(this.#ports, identity));

  async #keepRate(done: number, startedAt: number): Promise<void> {
    const { perSecond, signal } = this.#options;
    if (perSecond === undefined) return;
    const waitMs = (done / perSecond) * 1000 - (this.#ports.clock.monotonic() - startedAt);
    if (waitMs > 0) await this.#ports.clock.sleep(durationMs(waitMs), signal).catch(() => undefined);
  }

  #tell({ letter, identity, verdict }: JudgedLetter, isNotRemoved: boolean): void {
    const { act, reason } = this.#options;
    const { sequenceNumber } = letter.received;
    if (isNotRemoved) {
      const copy = act === 'redrive' ? 'a copy was sent, but ' : '';
      this.#reasons.push({
        sequenceNumber,
        why: `${copy}it could not be removed: its peek-lock was lost. That does no harm`,
      });
    }
    if (identity === undefined || (isNotRemoved && act === 'complete')) return;
    this.#ports.events.emit({
      ...subjectOf(this.#ports, identity),
      kind: act === 'redrive' ? 'redriven' : 'dead-letter-completed',
      sequenceNumber,
      verdict,
      who: this.#ports.who,
      reason,
    });
  }

  #leave({ letter }: JudgedLetter, why: string): void {
    this.#reasons.push({ sequenceNumber: letter.received.sequenceNumber, why });
  }

  get #batchSize(): number {
    const { batches, perSecond = largestBatch } = this.#options;
    const size = batches[Math.min(this.#batch, batches.length - 1)] ?? largestBatch;
    return Math.max(1, Math.min(size, largestBatch, Math.ceil(perSecond)));
  }

  get #progress(): RedriveProgress {
    return { examined: this.#examined, done: this.#done, left: this.#reasons.length };
  }

  #ended(ended: RedriveOutcome['ended']): RedriveOutcome {
    const missing = [...(this.#options.sequenceNumbers ?? [])].filter((number) => !this.#received.has(number));
    if (ended === 'at-the-end') {
      for (const sequenceNumber of missing) this.#reasons.push({ sequenceNumber, why: 'there is no such dead letter' });
    }
    return { ...this.#progress, reasons: this.#reasons, ended };
  }
}
