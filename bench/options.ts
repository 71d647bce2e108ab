import { parseArgs } from 'node:util';
import { groups, type PartName, partNames } from './parts/parts.ts';

export interface Options {
  readonly only: readonly PartName[];
  readonly rounds: number;
  /** How often a part is measured at most, while a goal of it is open. */
  readonly runs: number;
  /** Whether each part is measured that often, even if its goals are reached: to see how figures spread. */
  readonly makesAllRuns: boolean;
  readonly isQuick: boolean;
  readonly out: string | undefined;
}

export const usage = `npm run bench -- [--only <part>,…] [--rounds <number>] [--runs <number> [--all-runs]] [--quick] [--out <file>]

  --only    some of: ${[...partNames, ...Object.keys(groups)].join(', ')}
  --rounds  rounds of each measurement (default 5); the figures are medians of them
  --runs    how often a part is measured at most while one of its goals is missed (default 3; two of three decide)
  --all-runs
            makes all of these runs, whatever the first ones find; the goals' table then shows how they spread
  --quick   one short round of each, to see whether it runs; goals are not judged
  --out     also writes the tables to a file
`;

/** @throws Error that says what is wrong with the arguments. */
export function readOptions(args: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      rounds: { type: 'string' },
      runs: { type: 'string' },
      'all-runs': { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const rounds = count('--rounds', values.rounds ?? (values.quick ? '1' : '5'));
  const runs = count('--runs', values.runs ?? (values.quick ? '1' : '3'));
  const only = values.only === undefined ? partNames : values.only.split(',').flatMap(named);
  return { only, rounds, runs, makesAllRuns: values['all-runs'], isQuick: values.quick, out: values.out };
}

function count(name: string, value: string): number {
  if (!/^[1-9][0-9]{0,3}$/.test(value)) throw new Error(`${name} is "${value}", but must be a whole number from 1.`);
  return Number(value);
}

function named(name: string): readonly PartName[] {
  const part = partNames.find((candidate) => candidate === name);
  const found = part === undefined ? groups[name] : [part];
  if (found === undefined)
    throw new Error(
      `There is no part "${name}". There are ${Object.keys(groups).join(', ')}, ${partNames.join(', ')}.`,
    );
  return found;
}
