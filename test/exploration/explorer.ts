/** Something that goes on by choices, always in the same way for the same choices. */
export interface Explored {
  /** What can happen next, in an order that depends on nothing but what happened so far. Empty at an end. */
  readonly choices: readonly Choice[];
  /** Equal for two states only if the same can happen from both on. */
  readonly state: string;
  /** What must never happen, if it did. */
  readonly wrongs: readonly string[];
  /** What happened so far, for people. */
  readonly story: readonly string[];
}

export interface Choice {
  readonly label: string;
  take(): Promise<void>;
}

export interface Exploration {
  /** Whether every schedule was run, or ends in a state from which another one went on. */
  readonly isExhausted: boolean;
  /** How often it was begun anew, to take another choice somewhere. */
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
 * Takes every choice that there is, depth first, by beginning anew and repeating the choices that lead to each. A state that
 * was seen is not gone on from again. After `mostSchedules` it gives up, and does not claim to have seen all.
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
  const ahead: (readonly number[])[] = [[]];
  const count = { schedules: 0, ends: 0, longest: 0 };
  const figures = () => ({ ...count, states: seen.size });
  for (let path = ahead.pop(); path !== undefined; path = ahead.pop()) {
    if (count.schedules === mostSchedules) return { ...figures(), isExhausted: false, failure: undefined };
    count.schedules += 1;
    const explored = await repeat(begin, path);
    for (let taken = path; ; taken = [...taken, 0]) {
      count.longest = Math.max(count.longest, taken.length);
      if (explored.wrongs.length > 0) {
        return { ...figures(), isExhausted: false, failure: await shortestFailure(begin, taken.length) };
      }
      if (seen.has(explored.state)) break;
      seen.add(explored.state);
      const { choices } = explored;
      for (let other = choices.length - 1; other > 0; other -= 1) ahead.push([...taken, other]);
      const [first] = choices;
      if (first === undefined) {
        count.ends += 1;
        break;
      }
      await first.take();
    }
  }
  return { ...figures(), isExhausted: true, failure: undefined };
}

/** Breadth first, so that the first failure is a shortest one. There is one of `length` choices at the latest. */
async function shortestFailure(begin: () => Promise<Explored>, length: number): Promise<Failure> {
  const seen = new Set<string>();
  let level: (readonly number[])[] = [[]];
  for (let depth = 0; depth <= length; depth += 1) {
    const next: (readonly number[])[] = [];
    for (const path of level) {
      const explored = await repeat(begin, path);
      const { wrongs, story, state } = explored;
      if (wrongs.length > 0) return { wrongs, story };
      if (seen.has(state)) continue;
      seen.add(state);
      for (let choice = 0; choice < explored.choices.length; choice += 1) next.push([...path, choice]);
    }
    level = next;
  }
  throw new Error('What failed once did not fail again: the same choices do not have the same consequences.');
}

async function repeat(begin: () => Promise<Explored>, path: readonly number[]): Promise<Explored> {
  const explored = await begin();
  for (const index of path) {
    const choice = explored.choices[index];
    if (choice === undefined) throw new Error('The same choices do not lead to the same state.');
    await choice.take();
  }
  return explored;
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
