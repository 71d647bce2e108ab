import { parseArgs } from 'node:util';
import { LockStoreError } from '../../application/ports/lock-store.ts';
import { LockUndecidedError } from '../../domain/errors.ts';
import type { DurationMs } from '../../domain/time.ts';
import {
  type Command,
  type ExitCode,
  exitCode,
  type Operations,
  type Option,
  OptionValues,
  UsageError,
} from './command.ts';
import { byHandCommands } from './commands/by-hand.ts';
import { deadCommands } from './commands/dead.ts';
import { importCommands } from './commands/import.ts';
import { lockCommands } from './commands/locks.ts';
import { moveCommands } from './commands/move.ts';
import { overviewCommands } from './commands/overview.ts';
import { redriveCommands } from './commands/redrive.ts';
import { traceCommands } from './commands/trace.ts';
import { watchCommands } from './commands/watch.ts';
import { Terminal, type TerminalOptions } from './terminal.ts';

const commands: readonly Command[] = [
  ...overviewCommands,
  ...traceCommands,
  ...watchCommands,
  ...lockCommands,
  ...byHandCommands,
  ...moveCommands,
  ...deadCommands,
  ...redriveCommands,
  ...importCommands,
];

/** What every command takes. */
const commonOptions: Readonly<Record<string, Option>> = {
  json: { help: 'one JSON object a line on the standard output' },
  queue: { value: 'name', help: 'another queue than QUEUE_NAME' },
  topic: { value: 'name', help: 'with --subscription: a subscription in the place of a queue' },
  subscription: { value: 'name', help: 'see --topic' },
  scope: { value: 'name', help: 'the scope of the locks, as LOCK_SCOPE' },
  azd: { value: 'environment', help: 'the settings of an azd environment of this folder; "default": its default' },
  local: { help: 'what "npm start" or "npm run emulators" runs on this machine' },
  guards: {
    value: 'module',
    help: 'where messages are named by idOf: the module that exports it; "unknown", or "none"',
  },
  who: { value: 'name', help: 'who acts, for the record; by default the user of this machine' },
  help: { short: 'h', help: 'this text' },
};

export interface CommandLineOptions extends Omit<TerminalOptions, 'isJson'> {
  readonly args: readonly string[];
  readonly signal: AbortSignal;
  readonly parseDuration: (text: string) => DurationMs | undefined;
  /**
   * Makes what the commands need, by the common options that were given.
   *
   * @throws UsageError if the settings or these options cannot be used; LockStoreError if the store cannot be asked.
   */
  readonly operations: (options: OptionValues) => Operations | Promise<Operations>;
  /** Why the queue or the store cannot be used, in words, if `error` is about that. */
  readonly unreachable: (error: unknown) => string | undefined;
}

/** Runs what the arguments say, and tells how it ended. It throws only what is a fault of this program. */
export async function runCommandLine(line: CommandLineOptions): Promise<ExitCode> {
  const { stderr, stdout } = line;
  try {
    const { command, values, operands } = parsed(line.args);
    const options = new OptionValues(values, line.parseDuration);
    if (command === undefined || options.is('help')) {
      stdout.write(`${command === undefined ? overview() : helpOf(command)}\n`);
      return command === undefined && !options.is('help') ? exitCode.usage : exitCode.ok;
    }
    const terminal = new Terminal({ ...line, isJson: options.is('json') });
    const operations = await line.operations(options);
    return await command.run({ operations, terminal, options, operands, signal: line.signal });
  } catch (error) {
    if (error instanceof UsageError) {
      stderr.write(`${error.message}\nSee "isb --help".\n`);
      return exitCode.usage;
    }
    const cause = error instanceof LockUndecidedError ? error.cause : error;
    const why = cause instanceof LockStoreError ? cause.message : line.unreachable(cause);
    if (why === undefined) throw error;
    stderr.write(`${why}\n`);
    return exitCode.unreachable;
  }
}

function parsed(args: readonly string[]) {
  const command = commands.find(({ name }) => name === args.slice(0, name.split(' ').length).join(' '));
  if (command === undefined) {
    const isHelp = args.length === 0 || args.some((each) => each === '--help' || each === '-h');
    if (!isHelp) throw new UsageError(`"isb ${args.slice(0, 2).join(' ')}" is not a command.`);
    return { command, values: { help: args.length > 0 }, operands: [] };
  }
  const { values, positionals } = parse(args.slice(command.name.split(' ').length), command);
  const [least, most] = command.count;
  if (values['help'] !== true && (positionals.length < least || positionals.length > most)) {
    throw new UsageError(`"isb ${command.name}" takes ${command.operands ?? 'no operands'}.`);
  }
  return { command, values, operands: positionals };
}

function parse(
  args: readonly string[],
  { options }: Command,
): { readonly values: Readonly<Record<string, unknown>>; readonly positionals: readonly string[] } {
  const all = Object.entries({ ...commonOptions, ...options }).map(([name, { value, short, isMany = false }]) => [
    name,
    {
      type: value === undefined ? 'boolean' : 'string',
      multiple: isMany,
      ...(short !== undefined && { short }),
    } as const,
  ]);
  try {
    return parseArgs({ args: [...args], options: Object.fromEntries(all), allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

const overview = (): string =>
  [
    'isb <command> [options]     what is stuck, and what to do about it',
    '',
    ...commands.map(({ name, operands = '', summary }) => `  ${`${name} ${operands}`.padEnd(36)} ${summary}`),
    '',
    'Settings are those of the app, from the environment. Options of every command:',
    ...optionLines(commonOptions),
    '',
    'Exit codes: 0 done, 1 needs a person, 2 wrong use, 3 not found, 4 refused, 5 unreachable.',
  ].join('\n');

const helpOf = ({ name, operands = '', summary, options }: Command): string =>
  [`isb ${name} ${operands}`.trimEnd(), `  ${summary}`, '', ...optionLines({ ...options, ...commonOptions })].join(
    '\n',
  );

const optionLines = (options: Readonly<Record<string, Option>>): readonly string[] =>
  Object.entries(options).map(
    ([name, { value, help }]) => `  ${`--${name}${value === undefined ? '' : ` <${value}>`}`.padEnd(28)}  ${help}`,
  );
