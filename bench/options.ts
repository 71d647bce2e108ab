import { parseArgs } from 'node:util';
import { groups, type PartName, partNames } from './parts/parts.ts';

export interface Options {
  readonly only: readonly PartName[];
  readonly rounds: number;
  readonly isQuick: boolean;
  readonly out: string | undefined;
}

export const usage = `npm run bench -- [--only <part>,…] [--rounds <number>] [--quick] [--out <file>]

  --only    some of: ${[...partNames, ...Object.keys(groups)].join(', ')}
  --rounds  rounds of each measurement (default 5); the figures are medians of them
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
      quick: { type: 'boolean', default: false },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 5));
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds is ${values.rounds}, but must be 1 or more.`);
  const only = values.only === undefined ? partNames : values.only.split(',').flatMap(named);
  return { only, rounds, isQuick: values.quick, out: values.out };
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
