import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { type Command, type ExitCode, exitCode, type Invocation, UsageError } from '../command.ts';
import { readExport } from '../exported-messages.ts';
import { counted, visible } from '../terminal.ts';
import { agreed } from './by-hand.ts';

export const importCommands: readonly Command[] = [
  {
    name: 'dead import',
    summary: 'send what was exported, each under its own ID; what is done is skipped by its lock',
    operands: '<file>',
    count: [1, 1],
    options: {
      reason: { value: 'text', help: 'why, for whoever reads the message or the log later' },
      'break-order': { help: 'also messages of sessions, which then come behind those that were sent after them' },
      'to-topic': { help: 'for a subscription: to its topic, so that all its subscriptions get them' },
      skip: { value: 'number', help: 'leave out the first ones: those that were sent before it was stopped' },
      yes: { short: 'y', help: 'do it without asking' },
      'dry-run': { help: 'only say what would be done' },
    },
    run: imports,
  },
];

/** What is sent between two looks at whether to stop. */
const batchSize = 250;

/** Problems that are shown one by one. */
const mostShown = 20;

async function imports({ operations, terminal, options, operands, signal }: Invocation): Promise<ExitCode> {
  const reason = options.needed('reason', 'it is kept in each message.');
  const others = operations.reachesOthers;
  if (others !== undefined && !options.is('to-topic')) throw new UsageError(others);
  const read = await exportIn(operands[0] ?? '');
  if ('problems' in read) {
    for (const problem of read.problems.slice(0, mostShown)) terminal.note(visible(problem));
    terminal.note(`${counted(read.problems.length, 'line')} not as "isb dead export" writes them. Nothing was sent.`);
    return exitCode.usage;
  }
  const messages = read.messages.slice(options.count('skip') ?? 0);
  const ofSessions = messages.filter(({ sessionId }) => sessionId !== undefined).length;
  if (ofSessions > 0 && !options.is('break-order')) {
    throw new UsageError(
      `${ofSessions} of them belong to sessions, and would come behind what was sent after them. --break-order sends them.`,
    );
  }
  if (!(await agreed(terminal, options, `Send ${counted(messages.length, 'message')} to ${operations.target}.`)))
    return exitCode.ok;
  let sent = 0;
  while (sent < messages.length && !signal.aborted) {
    const batch = messages.slice(sent, sent + batchSize);
    await operations.queue.send(batch, { who: operations.who, reason });
    sent += batch.length;
    terminal.progress(`${sent} of ${messages.length} sent`);
  }
  const goOn = (options.count('skip') ?? 0) + sent;
  const ended = sent < messages.length ? ` Stopped: --skip ${goOn} goes on from there.` : '';
  terminal.note(`${counted(sent, 'message')} sent.${ended}`);
  return sent < messages.length ? exitCode.attention : exitCode.ok;
}

async function exportIn(path: string) {
  try {
    await using file = await open(path);
    return await readExport(createInterface({ input: file.createReadStream({ autoClose: false }) }));
  } catch (error) {
    if (!('code' in (error as object))) throw error;
    throw new UsageError(`The file ${visible(path)} cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
}
