import { mayBeRedriven, proposedActs } from '../../../domain/dead-letter.ts';
import { durationMs, seconds } from '../../../domain/time.ts';
import type { DeadLetterMessage, DeadLetterPass } from '../dead-letters.ts';
import type { JudgedLetter } from '../judge-letters.ts';
import { subjectOf } from '../operator-ports.ts';
import { Copies } from './copies.ts';
import type { RedriveOptions, RedriveOutcome, RedrivePorts, RedriveProgress } from './redrive-options.ts';
import { Turns } from './turns.ts';

/** The most that is received at once, whatever the batch. */
const largestBatch = 250;

/** Batches under way: one is received, one is judged, one is sent and one is removed. */
const batchesAtOnce = 4;

/** Letters that were not asked for are held while the pass goes by them; more of them would outlast their peek-locks. */
const mostHeld = 5000;

type Ending = RedriveOutcome['ended'];

/** One way of a re-drive through the dead letters, in the hands of `pass`. */
export class RedriveRun {
  readonly #ports: RedrivePorts;
  readonly #options: RedriveOptions;
  readonly #pass: DeadLetterPass;
  readonly #copies: Copies;
  readonly #receiving = new Turns();
  readonly #judging = new Turns();
  readonly #sending = new Turns();
  readonly #received = new Set<string>();
  readonly #reasons: { readonly sequenceNumber: string; readonly why: string }[] = [];
  #batch = 0;
  #examined = 0;
  #done = 0;
  #isAtTheEnd = false;
  /** Whether no batch goes any further: it failed, or there is no room to go on. */
  #isHalted = false;

  constructor(ports: RedrivePorts, options: RedriveOptions, pass: DeadLetterPass) {
    this.#ports = ports;
    this.#options = options;
    this.#pass = pass;
    this.#copies = new Copies(ports, pass);
  }

  async toTheEnd(): Promise<RedriveOutcome> {
    while (!this.#isSteady) {
      const ended = await this.#oneBatch();
      if (ended !== undefined) return this.#ended(ended);
    }
    const ways = await Promise.allSettled(Array.from({ length: batchesAtOnce }, () => this.#batchAfterBatch()));
    const failed = ways.find((way) => way.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    const endings = ways.map((way) => (way.status === 'fulfilled' ? way.value : 'stopped'));
    return this.#ended(endings.find((ending) => ending !== 'at-the-end') ?? 'at-the-end');
  }

  /** Whether the next batch is to be like this one, so that it can be begun before this one is through. */
  get #isSteady(): boolean {
    const { batches, perSecond, sequenceNumbers } = this.#options;
    return this.#batch >= batches.length - 1 && perSecond === undefined && sequenceNumbers === undefined;
  }

  async #batchAfterBatch(): Promise<Ending> {
    try {
      for (;;) {
        const ended = await this.#oneBatch();
        if (ended === undefined) continue;
        this.#isHalted ||= ended !== 'at-the-end';
        return ended;
      }
    } catch (error) {
      this.#isHalted = true;
      throw error;
    }
  }

  /** Why the run ends with this batch; undefined if it goes on. */
  async #oneBatch(): Promise<Ending | undefined> {
    const startedAt = this.#ports.clock.monotonic();
    const letters = await this.#receiving.take(async () => (this.#mustStop ? undefined : this.#receive()));
    if (letters === undefined) return 'stopped';
    if (letters.length === 0) return 'at-the-end';
    const judged = await this.#judging.take(() => this.#ports.judge.verdicts(this.#inReach(letters)));
    // What is not sent by now is given back with all the rest.
    const ready = await this.#sending.take(async () => (this.#mustStop ? undefined : this.#send(judged)));
    if (ready === undefined) return 'stopped';
    const done = await this.#remove(ready);
    this.#examined += letters.length;
    this.#done += done.length;
    this.#options.onProgress?.(this.#progress);
    if (await this.#hasFailedAgain(done)) return 'failed-again';
    if (this.#areAllReceived) return 'at-the-end';
    if (this.#examined - this.#done > mostHeld) return 'too-many-held';
    await this.#keepRate(done.length, startedAt);
    return undefined;
  }

  get #mustStop(): boolean {
    return this.#isHalted || this.#options.signal?.aborted === true;
  }

  /** The next ones, none if there are no more. */
  async #receive(): Promise<readonly DeadLetterMessage[]> {
    if (this.#isAtTheEnd) return [];
    const received = await this.#pass.receive(this.#batchSize);
    // Those given out again since their peek-locks ran out have been dealt with: without others, all have been received.
    const letters = received.filter(({ received: { sequenceNumber } }) => !this.#received.has(sequenceNumber));
    for (const { received: each } of letters) this.#received.add(each.sequenceNumber);
    this.#isAtTheEnd = letters.length === 0;
    return letters;
  }

  #inReach(letters: readonly DeadLetterMessage[]): readonly DeadLetterMessage[] {
    const { sequenceNumbers: numbers } = this.#options;
    const isAsked = ({ received }: DeadLetterMessage) => numbers === undefined || numbers.has(received.sequenceNumber);
    return letters.filter((letter) => isAsked(letter) && !this.#pass.isOwnCopy(letter));
  }

  /** Those that are to be removed: whose copies are on the queue, or whose work is done. */
  async #send(judged: readonly JudgedLetter[]): Promise<readonly JudgedLetter[]> {
    const { verdicts, act, mayDropCopies } = this.#options;
    const allowed = judged.filter((each) => {
      if (verdicts !== undefined && !verdicts.has(each.verdict)) return false;
      const why = this.#refusal(each);
      if (why !== undefined) this.#leave(each, why);
      return why === undefined;
    });
    if (act === 'complete' || allowed.length === 0) return allowed;
    await this.#pass.resend(allowed.map(({ letter }) => letter));
    if (!mayDropCopies) return allowed;
    const confirmed = await this.#copies.confirmed(allowed);
    return allowed.filter((each) => {
      const isThere = confirmed.has(each);
      if (!isThere)
        this.#leave(each, 'its copy was not seen: the queue may have dropped it as a duplicate. Try again later');
      return isThere;
    });
  }

  #refusal({ letter, verdict, problem }: JudgedLetter): string | undefined {
    const { act, isFoundOut = false, mayBreakOrder = false } = this.#options;
    const isProposed = act === 'redrive' ? mayBeRedriven(verdict) : proposedActs[verdict] === 'complete';
    if (!isProposed && !(isFoundOut && verdict === 'unknown')) return `its verdict is ${verdict}`;
    // A lock that is there, but cannot be named or read, may belong to an owner.
    if (!isProposed && problem !== undefined) return problem;
    if (act === 'complete') return undefined;
    if (letter.notRepeatable !== undefined) return letter.notRepeatable;
    return letter.sessionId === undefined || mayBreakOrder
      ? undefined
      : `it is of the session ${JSON.stringify(letter.sessionId)}, and would come behind what was sent after it`;
  }

  /** Those that were removed. */
  async #remove(ready: readonly JudgedLetter[]): Promise<readonly JudgedLetter[]> {
    const notRemoved = new Set(await this.#pass.remove(ready.map(({ letter }) => letter)));
    for (const each of ready) this.#tell(each, notRemoved.has(each.letter));
    return ready.filter(({ letter }) => !notRemoved.has(letter));
  }

  /** Whether one of a first, small batch failed for good again. */
  async #hasFailedAgain(done: readonly JudgedLetter[]): Promise<boolean> {
    const { act, batches, watchMs = seconds(0), signal } = this.#options;
    const isLastSize = this.#batch >= batches.length - 1;
    if (done.length > 0) this.#batch += 1;
    if (act !== 'redrive' || isLastSize || watchMs === 0) return false;
    return this.#copies.failAgain(done, watchMs, signal);
  }

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

  get #areAllReceived(): boolean {
    const { sequenceNumbers } = this.#options;
    return sequenceNumbers !== undefined && [...sequenceNumbers].every((each) => this.#received.has(each));
  }

  get #progress(): RedriveProgress {
    return { examined: this.#examined, done: this.#done, left: this.#reasons.length };
  }

  #ended(ended: Ending): RedriveOutcome {
    const missing = [...(this.#options.sequenceNumbers ?? [])].filter((number) => !this.#received.has(number));
    if (ended === 'at-the-end') {
      for (const sequenceNumber of missing) this.#reasons.push({ sequenceNumber, why: 'there is no such dead letter' });
    }
    return { ...this.#progress, reasons: this.#reasons, ended };
  }
}
