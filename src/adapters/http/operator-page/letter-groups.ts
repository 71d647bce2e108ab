import type { LetterWithLock } from '../../../application/operate/judge-letters.ts';
import type { ListDeadLetters } from '../../../application/operate/list-dead-letters.ts';
import { type ProposedAct, proposedActs, type Verdict, verdicts } from '../../../domain/dead-letter.ts';

/** Dead letters of one verdict that died of the same. */
export interface LetterGroup {
  readonly verdict: Verdict;
  readonly act: ProposedAct;
  /** The reason, and the first line of the error. */
  readonly cause: string;
  readonly letters: readonly LetterWithLock[];
  /** When the first and the last of them came onto the queue, RFC 3339. */
  readonly first: string;
  readonly last: string;
}

export interface LookedLetters {
  readonly groups: readonly LetterGroup[];
  readonly count: number;
  /** Whether there are more than were looked at. */
  readonly isCut: boolean;
}

/** Each takes a read of its lock, and what is acted on by a click is named one by one. */
const mostLetters = 500;

/** The first dead letters against their locks, in the order of the verdicts; changes nothing. */
export async function lookAtLetters(list: Pick<ListDeadLetters, 'run'>): Promise<LookedLetters> {
  const groups = new Map<string, LetterGroup>();
  let count = 0;
  let isCut = false;
  for await (const { letters } of list.run()) {
    for (const judged of letters.slice(0, mostLetters - count)) {
      const cause = causeOf(judged);
      const key = JSON.stringify([judged.verdict, cause]);
      groups.set(key, withLetter(groups.get(key), judged, cause));
    }
    isCut = count + letters.length > mostLetters;
    count = Math.min(mostLetters, count + letters.length);
    if (isCut) break;
  }
  const inOrder = [...groups.values()].sort(
    (one, other) => verdicts.indexOf(one.verdict) - verdicts.indexOf(other.verdict),
  );
  return { groups: inOrder, count, isCut };
}

function causeOf({ letter, lock, problem, verdict }: LetterWithLock): string {
  const error = verdict === 'failed' ? lock?.record.lastError : (problem ?? letter.description);
  const [line = ''] = (error ?? '').split('\n');
  return [letter.reason ?? 'no reason given', line.slice(0, 160)].filter(Boolean).join(': ');
}

function withLetter(group: LetterGroup | undefined, judged: LetterWithLock, cause: string): LetterGroup {
  const { verdict, letter } = judged;
  const { enqueuedTime } = letter.received;
  const { letters = [], first = enqueuedTime, last = enqueuedTime } = group ?? {};
  return {
    verdict,
    act: proposedActs[verdict],
    cause,
    letters: [...letters, judged],
    first: enqueuedTime < first ? enqueuedTime : first,
    last: enqueuedTime > last ? enqueuedTime : last,
  };
}
