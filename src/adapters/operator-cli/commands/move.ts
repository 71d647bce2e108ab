import type { MoveCounts, MoveOutcome } from '../../../application/layout/move-locks.ts';
import { type Command, type ExitCode, exitCode, type Invocation, UsageError } from '../command.ts';
import { counted, visible } from '../terminal.ts';
import { agreed } from './by-hand.ts';

export const moveCommands: readonly Command[] = [
  {
    name: 'locks move',
    summary: 'move all locks to another layout, while no process works with them',
    count: [0, 0],
    options: {
      to: { value: 'spread|flat', help: 'over 256 folders, as LOCK_SPREAD=on, or into one, as LOCK_SPREAD=off' },
      yes: { short: 'y', help: 'do it without asking' },
      'dry-run': { help: 'only say what would be done: what happens without --yes, too' },
    },
    run: move,
  },
];

async function move({ operations, terminal, options, signal }: Invocation): Promise<ExitCode> {
  const to = options.needed('to', 'spread or flat.');
  if (to !== 'spread' && to !== 'flat') throw new UsageError(`--to is "${to}", but must be spread or flat.`);
  const startedAt = performance.now();
  const onProgress = ({ found, moved }: MoveCounts) => {
    const rate = Math.round((moved / (performance.now() - startedAt)) * 1000);
    terminal.progress(moved === 0 ? `${counted(found, 'lock')} found` : `${moved} of ${found} moved, ${rate} a second`);
  };
  const planned = await operations.moveLocks.run({ to, isDryRun: true, signal, onProgress });
  if (planned.kind !== 'planned') return tell(terminal, to, planned);
  const warning = 'No process may work with them until that is done: stop all of them first.';
  const what = `Move ${counted(planned.found, 'lock')} of ${operations.target} to ${to === 'flat' ? 'one folder' : '256 folders'}.`;
  if (!(await agreed(terminal, options, `${what} ${warning}`))) return exitCode.ok;
  return tell(terminal, to, await operations.moveLocks.run({ to, signal, onProgress }));
}

async function tell(terminal: Invocation['terminal'], to: 'spread' | 'flat', outcome: MoveOutcome): Promise<ExitCode> {
  if (terminal.isJson) await terminal.one(outcome, []);
  const again = `No process starts before the rest is moved: run "isb locks move --to ${to}" again.`;
  const done = `${counted(outcome.moved, 'lock')} moved.`;
  switch (outcome.kind) {
    case 'moved':
      terminal.note(`${done} All are there now: start with LOCK_SPREAD=${to === 'spread' ? 'on' : 'off'}.`);
      return exitCode.ok;
    case 'stopped':
      terminal.note(outcome.moved === 0 ? 'Stopped.' : `${done} Stopped. ${again}`);
      return exitCode.attention;
    case 'unfinished':
      for (const { name, why } of outcome.left) terminal.note(`  ${visible(name)} is left: ${visible(why)}.`);
      if (outcome.more > 0) terminal.note(`  … and ${outcome.more} more.`);
      terminal.note(`${done} ${outcome.left.length + outcome.more} left. ${again}`);
      return exitCode.attention;
    case 'refused':
      terminal.note(`${whyRefused[outcome.why]} Nothing was done.`);
      return exitCode.refused;
    default:
      return exitCode.ok;
  }
}

const whyRefused = {
  'at-work':
    'A lock was written just now, or the sweep is under way: a process is at work. Stop all processes of this scope, and run it again a minute or two later.',
  'other-move': 'A move the other way was begun and is not finished. Finish that one first.',
} as const;
