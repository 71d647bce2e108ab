import type { InspectedMessage } from '../../../application/operate/inspect-message.ts';
import type { JudgedLetter } from '../../../application/operate/judge-letters.ts';
import type { RedriveOutcome } from '../../../application/operate/redrive/redrive-options.ts';
import type { Answer } from '../../../domain/operator-decisions.ts';
import { seconds } from '../../../domain/time.ts';
import { identityText, type MessageIdentity } from '../../../domain/work-key.ts';
import type { ActLog, ActUnderWay } from './act-log.ts';
import { ActRefused, answerIn, type Fields, stepIn, verdictIn } from './fields.ts';
import type { PageOperations } from './operations.ts';
import { whyNotDone } from './refusals.ts';
import { plural, roughly } from './words.ts';

/** What an act needs of the page. */
export interface ActContext {
  readonly operations: PageOperations;
  readonly log: ActLog;
  readonly message: () => MessageIdentity;
  readonly id: string;
  readonly who: string;
  readonly reason: string;
}

/** Begins what a form asks for, as it was confirmed. `ended` resolves when it is over; how it ended is in the log of acts. */
export function begin(fields: Fields, context: ActContext): { readonly ended: Promise<void> } {
  const { log, id, who, reason } = context;
  const run = (what: string, of: number | undefined, work: (underWay: ActUnderWay) => Promise<Ending>) => ({
    ended: log.run({ id, what, who, reason, of }, work),
  });
  switch (fields.get('do')) {
    case 'release': {
      const message = context.message();
      return run(`released the lock of ${identityText(message)}`, undefined, () => release(message, fields, context));
    }
    case 'answer': {
      const message = context.message();
      const outcome = answerIn(fields);
      const step = stepIn(fields);
      const what = `said that step ${step + 1} of ${identityText(message)} was ${outcome.kind === 'done' ? 'done' : 'not done'}`;
      return run(what, undefined, () => answer(message, { step, outcome }, context));
    }
    case 'redrive':
    case 'complete':
      return beginLetters(fields, context, run);
    default:
      throw new ActRefused('There is no such act.');
  }
}

interface Ending {
  readonly state: 'done' | 'stopped' | 'failed';
  readonly progress: string;
}

async function release(message: MessageIdentity, fields: Fields, { operations, reason }: ActContext): Promise<Ending> {
  const outcome = await operations.releaseLock.run({ message, reason, isForced: fields.get('force') === 'yes' });
  if (outcome.kind !== 'written') return { state: 'failed', progress: whyNotDone(outcome) };
  const { from, retryAfterMs = 0 } = outcome.release ?? {};
  const next =
    from === 'failed'
      ? 'The next delivery of its message takes it over; if there is none on the queue, re-drive its dead letter.'
      : `The next delivery takes it over${retryAfterMs > 0 ? `, in ${roughly(retryAfterMs)} at the earliest` : ''}.`;
  return { state: 'done', progress: next };
}

async function answer(
  message: MessageIdentity,
  given: { readonly step: number; readonly outcome: Answer['outcome'] },
  { operations, reason }: ActContext,
): Promise<Ending> {
  const outcome = await operations.answerStep.run({ message, reason, ...given });
  if (outcome.kind !== 'written') return { state: 'failed', progress: whyNotDone(outcome) };
  const isFailed = outcome.lock.record.state === 'failed';
  return {
    state: 'done',
    progress: isFailed ? 'Its message failed for good: re-drive it now.' : 'The next delivery goes on from there.',
  };
}

function beginLetters(
  fields: Fields,
  { operations, log, reason, id }: ActContext,
  run: (
    what: string,
    of: number,
    work: (underWay: ActUnderWay) => Promise<Ending>,
  ) => { readonly ended: Promise<void> },
): { readonly ended: Promise<void> } {
  const act = fields.get('do') === 'redrive' ? 'redrive' : 'complete';
  if (act === 'redrive' && operations.reachesOthers !== undefined) throw new ActRefused(operations.reachesOthers);
  const verdict = verdictIn(fields);
  const numbers = (fields.get('numbers') ?? '').split(',').filter((number) => /^\d{1,20}$/.test(number));
  const batches = (fields.get('batches') ?? '250').split(',').map(Number);
  const rate = Number(fields.get('rate') || 0);
  if (numbers.length === 0) throw new ActRefused('It names no dead letters.');
  if (!batches.every((size) => Number.isSafeInteger(size) && size > 0) || !Number.isSafeInteger(rate) || rate < 0) {
    throw new ActRefused('Batches and rate are whole numbers.');
  }
  const verb = act === 'redrive' ? 're-drives' : 'removes';
  return run(`${verb} ${plural(numbers.length, 'dead letter')}`, numbers.length, async ({ signal, tell }) => {
    const before = new Map<string, JudgedLetter>();
    const sequenceNumbers = new Set(numbers);
    for await (const { letters } of operations.listDeadLetters.run({ sequenceNumbers })) {
      for (const judged of letters) before.set(judged.letter.received.sequenceNumber, judged);
    }
    const outcome = await operations.redrive.run({
      act,
      reason,
      sequenceNumbers,
      verdicts: new Set([verdict]),
      batches,
      perSecond: rate === 0 ? undefined : rate,
      mayDropCopies: act === 'redrive' && operations.dropsDuplicates !== false,
      watchMs: seconds(30),
      signal,
      onProgress: ({ done, left }) => tell(left > 0 ? `${left} left where they are` : '', done),
    });
    tell('', outcome.done);
    if (act === 'redrive') void watch({ operations, log, id }, before);
    return { state: endingOf(outcome), progress: progressOf(outcome) };
  });
}

const endingOf = ({ ended, left }: RedriveOutcome): Ending['state'] => {
  if (ended === 'stopped') return 'stopped';
  return ended === 'at-the-end' && left === 0 ? 'done' : 'failed';
};

const endings: Readonly<Record<RedriveOutcome['ended'], string>> = {
  'at-the-end': '',
  stopped: ' Stopped after the batch that was under way: the others are where they were.',
  'failed-again': ' Stopped, since a message of a first batch failed for good again.',
  'too-many-held':
    ' Stopped: too many that were not asked for lie before the others. “isb dead redrive” deals with those.',
};

function progressOf({ done, reasons, ended }: RedriveOutcome): string {
  const [first] = reasons;
  const left = first === undefined ? '' : ` ${reasons.length} left: ${first.sequenceNumber}, ${first.why}.`;
  return `${plural(done, 'dead letter')} dealt with.${left}${endings[ended]}`;
}

const watchForMs = 120_000;
const watchEveryMs = 1000;

/** Finds out what becomes of the messages that were put back: by their locks, not by the word of whoever sent them. */
async function watch(
  { operations, log, id }: Pick<ActContext, 'operations' | 'log' | 'id'>,
  before: ReadonlyMap<string, JudgedLetter>,
): Promise<void> {
  const start = performance.now();
  let open = log.acts.find((act) => act.id === id)?.messages ?? [];
  while (open.length > 0 && performance.now() - start < watchForMs) {
    for (const { message, sequenceNumber } of open) {
      const inspected = await operations.inspectMessage.run(message).catch(() => undefined);
      const isNew = inspected?.stored.version !== before.get(sequenceNumber)?.lockVersion;
      if (inspected !== undefined && isNew)
        log.became(id, sequenceNumber, becameOf(inspected, performance.now() - start));
    }
    open = (log.acts.find((act) => act.id === id)?.messages ?? []).filter(
      ({ outcome }) => !/^(?:completed|failed)/.test(outcome),
    );
    await new Promise((resolve) => setTimeout(resolve, watchEveryMs).unref());
  }
}

function becameOf({ stored: { record } }: InspectedMessage, ms: number): string {
  switch (record.state) {
    case 'completed':
      return `completed: within ${roughly(ms + watchEveryMs)}`;
    case 'failed':
      return `failed again: ${record.lastError?.split('\n')[0]?.slice(0, 200) ?? 'no error is known'}`;
    case 'held':
      return 'at work';
    case 'released':
      return 'waits for its next attempt';
  }
}
