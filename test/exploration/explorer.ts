/** A state of something that goes on by choices. It never changes: a choice leads to another one. */
export interface Explored {
  /** What can happen next. Empty at an end. */
  readonly choices: readonly Choice[];
  /** Equal for two states only if the same can happen from both on. */
  readonly key: string;
  /** What must never happen, if it did. */
  readonly wrongs: readonly string[];
  /** How it came to this state, for people. */
  readonly story: readonly string[];
}

export interface Choice {
  /** The state that it leads to. */
  take(): Promise<Explored>;
}

export interface Exploration {
  /** Whether every schedule was run, or ends in a state from which another one went on. */
  readonly isExhausted: boolean;
  /** How many there are, each up to an end or to a state that was seen. */
  readonly schedules: number;
  readonly states: number;
  /** How many different ends there are. */
  readonly ends: number;
  /** The most choices in a row. */
  readonly longest: number;
  /** The shortest schedule that goes wrong. */
  readonly failure: Failure | undefined;
}

export interface Failure {
  readonly wrongs: readonly string[];
  readonly story: readonly string[];
}

/**
 * Takes every choice that there is, depth first. A state that was seen is not gone on from again. After `mostSchedules` it
 * gives up, and does not claim to have seen all.
 */
export async function explore(begin: () => Promise<Explored>, mostSchedules = Infinity): Promise<Exploration> {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0; // thousands of errors are made on purpose, and nobody reads where
  try {
    return await search(begin, mostSchedules);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

async function search(begin: () => Promise<Explored>, mostSchedules: number): Promise<Exploration> {
  const seen = new Set<string>();
  const path: { readonly choices: readonly Choice[]; taken: number }[] = [];
  const count = { schedules: 0, ends: 0, longest: 0 };
  const figures = () => ({ ...count, states: seen.size });
  for (let state = await begin(); ; ) {
    count.longest = Math.max(count.longest, path.length);
    if (state.wrongs.length > 0) {
      return { ...figures(), isExhausted: false, failure: await shortestFailure(await begin(), path.length) };
    }
    const choices = seen.has(state.key) ? undefined : state.choices;
    seen.add(state.key);
    if (choices?.length) path.push({ choices, taken: 0 });
    else count.schedules += 1;
    if (choices?.length === 0) count.ends += 1;

    let last = path.at(-1);
    for (; last !== undefined && last.taken === last.choices.length; last = path.at(-1)) path.pop();
    const choice = last?.choices[last.taken];
    if (last === undefined || choice === undefined) return { ...figures(), isExhausted: true, failure: undefined };
    if (count.schedules >= mostSchedules) return { ...figures(), isExhausted: false, failure: undefined };
    last.taken += 1;
    state = await choice.take();
  }
}

/** Breadth first, so that the first failure is a shortest one. There is one of `length` choices at the latest. */
async function shortestFailure(start: Explored, length: number): Promise<Failure> {
  const seen = new Set<string>();
  let level: readonly Explored[] = [start];
  for (let depth = 0; depth <= length; depth += 1) {
    const next: Explored[] = [];
    for (const { wrongs, story, key, choices } of level) {
      if (wrongs.length > 0) return { wrongs, story };
      if (seen.has(key)) continue;
      seen.add(key);
      for (const choice of choices) next.push(await choice.take());
    }
    level = next;
  }
  throw new Error('What failed once did not fail again: the same choices do not have the same consequences.');
}

/** The figures of an exploration in one line, and the shortest failing schedule below it. */
export function summary(name: string, { failure, ...figures }: Exploration): string {
  const { isExhausted, schedules, states, ends, longest } = figures;
  const space = isExhausted ? 'exhausted' : 'not exhausted';
  const line = `${name}: ${space}, ${schedules} schedules, ${states} states, ${ends} ends, ${longest} choices at most`;
  return failure === undefined
    ? line
    : [line, ...failure.story, ...failure.wrongs.map((wrong) => `! ${wrong}`)].join('\n');
}
