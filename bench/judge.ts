import { boundText, type Goal, isReached } from './goals.ts';
import { spreadOf } from './report/statistics.ts';
import { figure, spreadText, type Table } from './report/table.ts';

export type Verdict = 'reached' | 'missed' | 'open';

/** What a goal's figure was in each run so far, and what follows. Single runs differ: two of three decide. */
export class Judgement {
  readonly goal: Goal;
  readonly values: number[] = [];

  constructor(goal: Goal) {
    this.goal = goal;
  }

  /** A goal that is reached at the first try is reached; after a miss, the most of three runs or more decide. */
  get verdict(): Verdict {
    const hits = this.values.filter((value) => isReached(this.goal.bound, value)).length;
    const misses = this.values.length - hits;
    if (hits > misses) return 'reached';
    return misses >= 2 && misses > hits ? 'missed' : 'open';
  }
}

/** What each run found; of several first the median, and in brackets the lowest and the highest. */
function measuredText(values: readonly number[]): string {
  const each = values.map(figure).join(', ');
  return values.length > 1 ? `${spreadText(spreadOf(values))} of ${each}` : each;
}

export function goalTable(judgements: readonly Judgement[], isJudged: boolean): Table {
  return {
    title: 'Goals',
    note: isJudged
      ? 'A goal that is missed is measured again while there are runs left (3 unless told otherwise). The most of them decide.'
      : 'A quick run shows that everything runs. Its figures are not judged.',
    columns: ['', 'goal', 'limit', 'measured', ...(isJudged ? ['verdict'] : [])],
    rows: judgements.map(({ goal, values, verdict }) => [
      goal.id,
      goal.text,
      boundText(goal.bound),
      measuredText(values),
      ...(isJudged ? [verdict === 'reached' ? 'reached' : 'MISSED'] : []),
    ]),
  };
}
