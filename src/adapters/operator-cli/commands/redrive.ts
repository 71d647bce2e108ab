import type { RedriveOptions, RedriveOutcome } from '../../../application/operate/redrive/redrive-options.ts';
import { mayBeRedriven, type Verdict } from '../../../domain/dead-letter.ts';
import { seconds } from '../../../domain/time.ts';
import { type Command, type ExitCode, exitCode, type Invocation, type Option, UsageError } from '../command.ts';
import { counted, visible } from '../terminal.ts';
import { agreed } from './by-hand.ts';
import { verdictsIn } from './dead.ts';

const reason: Option = { value: 'text', help: 'why, for whoever reads the message or the log later' };
const bulk: Readonly<Record<string, Option>> = {
  batch: {
    value: 'sizes',
    isMany: true,
    help: 'how many at once: 1,10,100 first 1, then 10, then 100 at a time; 250 by default',
  },
  rate: { value: 'number', help: 'at most so many a second' },
  yes: { short: 'y', help: 'do it without asking' },
  'dry-run': { help: 'only say what would be done: what happens without --yes, too' },
  'found-out': { help: 'also those named by number that are unknown: you found out whether their work is done' },
};

export const redriveCommands: readonly Command[] = [
  {
    name: 'dead redrive',
    summary: 'put dead letters back on their queue; each is sent, then removed',
    operands: '[<sequence number>…]',
    count: [0, 1000],
    options: {
      verdict: { value: 'interrupted,never-started,failed', isMany: true, help: 'all with these verdicts' },
      reason,
      ...bulk,
      watch: {
        value: 'duration',
        help: 'how long to wait, after each first batch, for its messages to end; PT30S by default',
      },
      'break-order': { help: 'also messages of sessions, which then come behind those that were sent after them' },
      'to-topic': { help: 'from a subscription: back to its topic, so that all its subscriptions get them' },
      'duplicate-detection': { value: 'on|off', help: 'whether the queue drops copies of an ID that it has seen' },
    },
    run: redrive,
  },
  {
    name: 'dead complete',
    summary: 'remove the dead letters whose work is done',
    operands: '[<sequence number>…]',
    count: [0, 1000],
    options: { reason, ...bulk },
    run: complete,
  },
];

async function redrive(invocation: Invocation): Promise<ExitCode> {
  const { operations, options, operands } = invocation;
  const wanted = verdictsIn(options);
  const wrong = [...(wanted ?? [])].filter((verdict) => !mayBeRedriven(verdict));
  if (wrong.length > 0) {
    throw new UsageError(`What is ${wrong.join(' or ')} is never re-driven. See "isb dead reconcile" for what to do.`);
  }
  if (wanted === undefined && operands.length === 0) {
    throw new UsageError('Which ones? Name sequence numbers, or --verdict interrupted,never-started.');
  }
  const others = operations.reachesOthers;
  if (others !== undefined && !options.is('to-topic')) throw new UsageError(others);
  const detection = options.text('duplicate-detection');
  if (detection !== undefined && detection !== 'on' && detection !== 'off') {
    throw new UsageError(`--duplicate-detection is "${detection}", but must be on or off.`);
  }
  const mayDrop = detection === undefined ? operations.dropsDuplicates !== false : detection === 'on';
  return act(invocation, {
    act: 'redrive',
    verdicts: wanted,
    mayDropCopies: mayDrop,
    mayBreakOrder: options.is('break-order'),
    watchMs: options.duration('watch') ?? seconds(30),
    isFoundOut: isFoundOut(invocation),
  });
}

function complete(invocation: Invocation): Promise<ExitCode> {
  const found = isFoundOut(invocation);
  const verdicts = new Set<Verdict>(found ? ['already-done', 'unknown'] : ['already-done']);
  return act(invocation, { act: 'complete', verdicts, mayDropCopies: false, isFoundOut: found });
}

function isFoundOut({ options, operands }: Invocation): boolean {
  if (!options.is('found-out')) return false;
  if (operands.length > 0) return true;
  throw new UsageError(
    '--found-out is about messages that you name by their sequence numbers: look for each where its effect is.',
  );
}

async function act(
  invocation: Invocation,
  what: Pick<RedriveOptions, 'act' | 'verdicts' | 'mayDropCopies' | 'mayBreakOrder' | 'watchMs' | 'isFoundOut'>,
): Promise<ExitCode> {
  const { operations, terminal, options, operands, signal } = invocation;
  const given = options.text('reason')?.trim();
  const batches = options.counts('batch');
  const sequenceNumbers = operands.length > 0 ? new Set(operands) : undefined;
  if (!options.is('yes') || options.is('dry-run')) {
    const count = await howMany(invocation, what, sequenceNumbers);
    const verb = what.act === 'redrive' ? 'Put back' : 'Remove';
    if (count === 0) {
      terminal.note('There is nothing to do.');
      return exitCode.ok;
    }
    if (!(await agreed(terminal, options, `${verb} ${counted(count, 'dead letter')} of ${operations.target}.`)))
      return exitCode.ok;
  }
  if (!given) throw new UsageError('--reason is missing: it is kept in each message and in the log.');
  const startedAt = performance.now();
  const outcome = await operations.redrive.run({
    ...what,
    reason: given,
    sequenceNumbers,
    batches: batches.length > 0 ? batches : [250],
    perSecond: options.count('rate'),
    signal,
    onProgress: ({ examined, done, left }) => {
      const rate = Math.round((done / (performance.now() - startedAt)) * 1000);
      terminal.progress(`${examined} looked at, ${done} done, ${left} left, ${rate} a second`);
    },
  });
  await report(invocation, what.act, outcome);
  return outcome.left > 0 || outcome.ended === 'failed-again' || outcome.ended === 'too-many-held'
    ? exitCode.attention
    : exitCode.ok;
}

async function howMany(
  { operations, terminal }: Invocation,
  { verdicts }: Pick<RedriveOptions, 'verdicts'>,
  sequenceNumbers: ReadonlySet<string> | undefined,
): Promise<number> {
  let count = 0;
  const filter = {
    ...(verdicts !== undefined && { verdicts }),
    ...(sequenceNumbers !== undefined && { sequenceNumbers }),
  };
  for await (const { letters } of operations.listDeadLetters.verdicts(filter)) {
    count += letters.length;
    terminal.progress(`${counted(count, 'dead letter')} found`);
  }
  return count;
}

const endings: Readonly<Record<RedriveOutcome['ended'], string>> = {
  'at-the-end': 'All were looked at.',
  stopped: 'Stopped after the batch that was under way: the others are where they were.',
  'failed-again':
    'Stopped, since a message of a first batch failed for good again: see "isb locks list --state failed".',
  'too-many-held':
    'Stopped: too many that were not asked for lie before the others. Deal with those first, or name more verdicts.',
};

async function report({ terminal }: Invocation, verb: RedriveOptions['act'], outcome: RedriveOutcome): Promise<void> {
  const { done, reasons, ended } = outcome;
  const count = counted(done, 'dead letter');
  const said = verb === 'redrive' ? `${count} put back on the queue.` : `${count} removed.`;
  if (terminal.isJson) await terminal.one(outcome, []);
  else
    for (const { sequenceNumber, why } of reasons)
      terminal.note(`  ${visible(sequenceNumber)} is left: ${visible(why)}.`);
  terminal.note(`${said}${reasons.length > 0 ? ` ${reasons.length} left.` : ''} ${endings[ended]}`);
}
