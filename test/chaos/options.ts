import { parseArgs } from 'node:util';

export type Producers = 'own' | 'foreign' | 'several';
export type Layout = 'flat' | 'spread' | 'moved';

export interface ChaosOptions {
  /** How long messages are sent and things go wrong. Then the queue is drained, which takes half a minute more. */
  readonly minutes: number;
  readonly seed: number;
  readonly processes: number;
  /** No more messages than these. */
  readonly messages: number;
  /** Who sends: clients of the hosts and one producer beside; many that know nothing of one another; or to several sources. */
  readonly producers: Producers;
  /** Where the locks are: in one folder, in 256, or first in the one and from half-way on in the others. */
  readonly layout: Layout;
}

/** What was given cannot be used: the message says what can. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const usage = `npm run chaos -- [--minutes 5] [--seed N] [--processes 4] [--messages 20000] [--producers own] [--layout flat]

  --minutes    how long messages are sent and faults are made, 0.1 to 600
  --seed       0 to 4294967295: what goes wrong, and what is sent; by default another one each time
  --processes  how many host processes there are, 1 to 16
  --messages   how many messages are sent at most, 1 to 100000
  --producers  own: POSTs, and messages of one other producer. foreign: plain messages and events of three sources,
               whose IDs are nearly one another. several: two queues, a topic with two subscriptions, and sessions
  --layout     flat; spread: LOCK_SPREAD=on; moved: half-way all processes end, or are killed, the locks are moved by "isb
               locks move", which is killed, too, and the processes start again with LOCK_SPREAD=on`;

/** @throws UsageError */
export function chaosOptions(args: readonly string[], anySeed: () => number): ChaosOptions {
  const text = { type: 'string' } as const;
  const values = parsed(() =>
    parseArgs({
      args: [...args],
      options: { minutes: text, seed: text, processes: text, messages: text, producers: text, layout: text },
    }),
  );
  return {
    minutes: number(values, 'minutes', { pattern: /^\d+(?:\.\d+)?$/, least: 0.1, most: 600, fallback: 5 }),
    seed: number(values, 'seed', { pattern: /^\d+$/, least: 0, most: 2 ** 32 - 1, fallback: anySeed() }),
    processes: number(values, 'processes', { pattern: /^\d+$/, least: 1, most: 16, fallback: 4 }),
    messages: number(values, 'messages', { pattern: /^\d+$/, least: 1, most: 100_000, fallback: 20_000 }),
    producers: oneOf('producers', values.producers ?? 'own', ['own', 'foreign', 'several']),
    layout: oneOf('layout', values.layout ?? 'flat', ['flat', 'spread', 'moved']),
  };
}

function parsed<T>(parse: () => { readonly values: T }): T {
  try {
    return parse().values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
}

function oneOf<Choice extends string>(name: string, given: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((each) => each === given);
  if (choice !== undefined) return choice;
  const words = `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
  throw new UsageError(`--${name} is "${given}", but must be ${words}.\n\n${usage}`);
}

function number<Name extends string>(
  values: Readonly<Partial<Record<Name, string>>>,
  name: Name,
  { pattern, least, most, fallback }: { pattern: RegExp; least: number; most: number; fallback: number },
): number {
  const given = values[name];
  if (given === undefined) return fallback;
  const value = pattern.test(given) ? Number(given) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(`--${name} is "${given}", but must be a number from ${least} to ${most}.\n\n${usage}`);
}
