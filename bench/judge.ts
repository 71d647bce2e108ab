import { boundText, type Goal, isReached } from './goals.ts';
import { figure, type Table } from './report/table.ts';

export type Verdict = 'reached' | 'missed' | 'open';

/** What a goal's figure was in each run so far, and what follows. Single runs differ: two of three decide. */
export class Judgement {
  readonly goal: Goal;
  readonly values: number[] = [];

  constructor(goal: Goal) {
    this.goal = goal;
  }

  /** A goal that is reached at the first try is reached; after a miss, two alike of three decide. */
  get verdict(): Verdict {
    const hits = this.values.filter((value) => isReached(this.goal.bound, value)).length;
    const misses = this.values.length - hits;
    if (misses >= 2) return 'missed';
    if (hits >= 2 || (hits === 1 && misses === 0)) return 'reached';
    return 'open';
  }
}

export function goalTable(judgements: readonly Judgement[], isJudged: boolean): Table {
  return {
    title: 'Goals',
    note: isJudged
      ? 'A goal that is missed is measured again while there are runs left (3 unless told otherwise). Two of three decide.'
      : 'A quick run shows that everything runs. Its figures are not judged.',
    columns: ['', 'goal', 'limit', 'measured', ...(isJudged ? ['verdict'] : [])],
    rows: judgements.map(({ goal, values, verdict }) => [
      goal.id,
      goal.text,
      boundText(goal.bound),
      values.map(figure).join(', '),
      ...(isJudged ? [verdict === 'reached' ? 'reached' : 'MISSED'] : []),
    ]),
  };
}
