import type { Answer } from '../../../domain/operator-decisions.ts';
import type { StoreTime } from '../../../domain/time.ts';
import { rfc3339 } from '../../../domain/utc-text.ts';
import { identityText } from '../../../domain/work-key.ts';
import {
  type Command,
  type ExitCode,
  exitCode,
  type Invocation,
  identityFrom,
  type OptionValues,
  UsageError,
} from '../command.ts';
import { roughly, visible } from '../terminal.ts';
import { source } from './locks.ts';

const reason = { value: 'text', help: 'why, for whoever reads the lock or the log later' };
const yes = { short: 'y', help: 'do it without asking' };
const dryRun = { help: 'only say what would be done' };

/** What a person does to a lock by hand. */
export const byHandCommands: readonly Command[] = [
  {
    name: 'locks release',
    summary: 'let the work be taken up again; its finished steps stay',
    operands: '<message ID>',
    count: [1, 1],
    options: {
      source,
      reason,
      force: { help: 'also if an owner may be at work: what it has under way may then be done twice' },
      yes,
      'dry-run': dryRun,
    },
    run: release,
  },
  {
    name: 'locks answer',
    summary: 'say whether a step was done that runs at most once and was interrupted',
    operands: '<message ID>',
    count: [1, 1],
    options: {
      source,
      step: { value: 'name|number', help: 'which: its name, or its number in "isb locks show"' },
      done: { help: 'it was done' },
      result: { value: 'JSON', help: 'with --done: what it would have returned' },
      'not-done': { help: 'it was not done: it is run again' },
      reason,
      yes,
      'dry-run': dryRun,
    },
    run: answer,
  },
];

async function release({ operations, terminal, options, operands }: Invocation): Promise<ExitCode> {
  const message = identityFrom(operands[0] ?? '', options.text('source'));
  const request = {
    message,
    reason: options.needed('reason', 'it is kept in the lock and in the log.'),
    isForced: options.is('force'),
  };
  const planned = await operations.releaseLock.run({ ...request, isDryRun: true });
  const subject = visible(identityText(message));
  if (planned.kind !== 'planned') return refused(terminal, subject, planned);
  const { from, retryAfterMs = 0 } = planned.release ?? {};
  const warning =
    from === 'active'
      ? ` ${visible(planned.stored.record.owner)} may be at work: an effect that it has under way may be made again. The next owner starts ${roughly(retryAfterMs)} later.`
      : '';
  if (!(await agreed(terminal, options, `Release the ${from} lock of ${subject}.${warning}`))) return exitCode.ok;
  const outcome = await operations.releaseLock.run(request);
  if (outcome.kind !== 'written') return refused(terminal, subject, outcome);
  terminal.note(
    from === 'failed'
      ? `Released. The next delivery of its message takes it over; if there is none on the queue, re-drive its dead letter or send it again.`
      : `Released. The next delivery takes it over${retryAfterMs > 0 ? `, in ${roughly(retryAfterMs)} at the earliest` : ''}.`,
  );
  return exitCode.ok;
}

async function answer({ operations, terminal, options, operands }: Invocation): Promise<ExitCode> {
  const message = identityFrom(operands[0] ?? '', options.text('source'));
  const step = options.needed('step', 'the name of the step, or its number in "isb locks show".');
  const request = {
    message,
    reason: options.needed('reason', 'how it was found out; it is kept in the lock and in the log.'),
    step: /^\d+$/.test(step) ? Number(step) - 1 : step,
    outcome: answered(options),
  };
  const planned = await operations.answerStep.run({ ...request, isDryRun: true });
  const subject = visible(identityText(message));
  if (planned.kind !== 'planned') return refused(terminal, subject, planned);
  const what = request.outcome.kind === 'done' ? 'was done, and is not run again' : 'was not done, and is run again';
  if (!(await agreed(terminal, options, `Say that step ${visible(step)} of ${subject} ${what}.`))) return exitCode.ok;
  const outcome = await operations.answerStep.run(request);
  if (outcome.kind !== 'written') return refused(terminal, subject, outcome);
  const isFailed = outcome.lock.record.state === 'failed';
  terminal.note(
    `Answered. ${isFailed ? 'Its message failed for good: re-drive it now.' : 'The next delivery goes on from there.'}`,
  );
  return exitCode.ok;
}

function answered(options: OptionValues): Answer['outcome'] {
  const result = options.text('result');
  if (options.is('done') === options.is('not-done')) throw new UsageError('Say one of --done and --not-done.');
  if (options.is('not-done')) {
    if (result !== undefined) throw new UsageError('--result goes with --done.');
    return { kind: 'not-done' };
  }
  try {
    return { kind: 'done', result: result === undefined ? null : JSON.stringify(JSON.parse(result)) };
  } catch {
    throw new UsageError('--result is not JSON. A text needs quotes: --result \'"receipt 7"\'.');
  }
}

type Refused = Exclude<
  | Awaited<ReturnType<Invocation['operations']['releaseLock']['run']>>
  | Awaited<ReturnType<Invocation['operations']['answerStep']['run']>>,
  { kind: 'written' | 'planned' }
>;

function refused(
  terminal: Invocation['terminal'],
  subject: string,
  outcome: Refused | { kind: 'written' | 'planned' },
): ExitCode {
  switch (outcome.kind) {
    case 'absent':
      terminal.note(`There is no lock of ${subject}. Nothing was done.`);
      return exitCode.notFound;
    case 'changed':
      terminal.note(
        `Another owner was faster: the lock of ${subject} is not the one that was shown. Nothing was done; look at it again.`,
      );
      return exitCode.refused;
    case 'refused':
      terminal.note(`${whyRefused(subject, outcome)} Nothing was done.`);
      return exitCode.refused;
    default:
      return exitCode.ok;
  }
}

function whyRefused(subject: string, { refusal, stored }: Refused & { kind: 'refused' }): string {
  const inTime = (at: StoreTime) => `${rfc3339(at)}, in ${roughly(Math.max(0, at - stored.observedAt))},`;
  switch (refusal.kind) {
    case 'active':
      return `${visible(stored.record.owner)} may be at work on ${subject}. Unless it writes again, the lock is free after ${inTime(refusal.freeAt)} which is the better thing to wait for. --force releases it now.`;
    case 'completed':
      return `The work of ${subject} is completed. To run it again, send a message under a new ID.`;
    case 'released':
      return `The lock of ${subject} is released already: the next delivery takes it over from ${rfc3339(refusal.freeAt)} on.`;
    case 'not-open': {
      const open = refusal.open.map(
        (position) => `${position + 1} (${visible(stored.record.steps[position]?.name ?? '')})`,
      );
      return `That step of ${subject} does not wait for an answer. ${open.length === 0 ? 'None does.' : `These do: ${open.join(', ')}.`}`;
    }
  }
}

/** Whether to do it: told to, or asked. Where nobody can be asked, it is only said. */
export async function agreed(terminal: Invocation['terminal'], options: OptionValues, what: string): Promise<boolean> {
  const would = `Would ${what.charAt(0).toLowerCase()}${what.slice(1)}`;
  if (options.is('dry-run')) {
    terminal.note(would);
    return false;
  }
  if (options.is('yes')) return true;
  if (terminal.isInteractive) return terminal.asks(`${what} Do it?`);
  terminal.note(`${would} Nothing done: add --yes.`);
  return false;
}
