import { type ProposedAct, proposedActs, type Verdict, verdicts } from '../../domain/dead-letter.ts';
import type { DeadLetterMessage, DeadLetters } from './dead-letters.ts';
import type { JudgedLetter, JudgeLetters, LetterWithLock } from './judge-letters.ts';

/** Which dead letters are asked for. What is left out does not matter. */
export interface LetterFilter {
  readonly verdicts?: ReadonlySet<Verdict>;
  readonly reason?: string;
  /** Only those that came onto the queue then or later, in milliseconds since the epoch. */
  readonly since?: number;
  /** A text in the message ID, the source or the description of why it is dead. */
  readonly text?: string;
  readonly sequenceNumbers?: ReadonlySet<string>;
}

/** Those that were asked for; `listed` is how many were looked at for them. */
export interface ListedLetters<Judged> {
  readonly letters: readonly Judged[];
  readonly listed: number;
}

/** Lists dead letters with their verdicts, without taking any. */
export class ListDeadLetters {
  readonly #letters: DeadLetters;
  readonly #judge: JudgeLetters;

  constructor(letters: DeadLetters, judge: JudgeLetters) {
    this.#letters = letters;
    this.#judge = judge;
  }

  /** A page at a time. */
  run(filter: LetterFilter = {}): AsyncGenerator<ListedLetters<LetterWithLock>> {
    return this.#pages(filter, (letters) => this.#judge.withLocks(letters));
  }

  /** The same without their locks, for less. */
  verdicts(filter: LetterFilter = {}): AsyncGenerator<ListedLetters<JudgedLetter>> {
    return this.#pages(filter, (letters) => this.#judge.verdicts(letters));
  }

  async *#pages<Judged extends JudgedLetter>(
    filter: LetterFilter,
    judge: (letters: readonly DeadLetterMessage[]) => Promise<readonly Judged[]>,
  ): AsyncGenerator<ListedLetters<Judged>> {
    for await (const page of this.#letters.pages()) {
      const { sequenceNumbers: numbers } = filter;
      const asked = page.filter(({ received }) => numbers === undefined || numbers.has(received.sequenceNumber));
      const judged = await judge(asked);
      yield { letters: judged.filter((each) => meets(each, filter)), listed: page.length };
    }
  }
}

function meets({ letter, identity, verdict }: JudgedLetter, { verdicts: wanted, reason, since, text }: LetterFilter) {
  if (wanted !== undefined && !wanted.has(verdict)) return false;
  if (reason !== undefined && letter.reason !== reason) return false;
  if (since !== undefined && !(Date.parse(letter.received.enqueuedTime) >= since)) return false;
  const texts = [identity?.id, identity?.source, letter.received.messageId, letter.description];
  return text === undefined || texts.some((each) => typeof each === 'string' && each.includes(text));
}

/** All dead letters of one verdict. */
export interface LetterGroup {
  readonly verdict: Verdict;
  readonly act: ProposedAct;
  readonly count: number;
  /** When the first and the last of them came onto the queue, RFC 3339. */
  readonly first: string;
  readonly last: string;
  /** How many there are for each reason. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** Compares all dead letters with their locks, and proposes one act for each group of them. It changes nothing. */
export class Reconcile {
  readonly #list: ListDeadLetters;

  constructor(list: ListDeadLetters) {
    this.#list = list;
  }

  /** The groups, in the order of the verdicts. `onProgress` is told how many were looked at so far. */
  async run(onProgress?: (listed: number) => void): Promise<readonly LetterGroup[]> {
    const groups = new Map<Verdict, LetterGroup>();
    let listed = 0;
    for await (const page of this.#list.verdicts()) {
      for (const judged of page.letters) groups.set(judged.verdict, withLetter(groups.get(judged.verdict), judged));
      listed += page.listed;
      onProgress?.(listed);
    }
    return verdicts.flatMap((verdict) => groups.get(verdict) ?? []);
  }
}

function withLetter(group: LetterGroup | undefined, { verdict, letter }: JudgedLetter): LetterGroup {
  const { enqueuedTime } = letter.received;
  const { count = 0, first = enqueuedTime, last = enqueuedTime, reasons = {} } = group ?? {};
  const reason = letter.reason ?? 'none given';
  return {
    verdict,
    act: proposedActs[verdict],
    count: count + 1,
    first: enqueuedTime < first ? enqueuedTime : first,
    last: enqueuedTime > last ? enqueuedTime : last,
    reasons: { ...reasons, [reason]: (reasons[reason] ?? 0) + 1 },
  };
}
