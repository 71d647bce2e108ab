import type { LetterWithLock } from '../../../application/operate/judge-letters.ts';
import type { LetterFilter, LetterGroup } from '../../../application/operate/list-dead-letters.ts';
import { isVerdict, proposedActs, type Verdict, verdicts } from '../../../domain/dead-letter.ts';
import {
  type Command,
  type ExitCode,
  exitCode,
  type Invocation,
  type Option,
  type OptionValues,
  UsageError,
} from '../command.ts';
import { type Columns, counted, visible } from '../terminal.ts';

const verdict: Option = { value: verdicts.join(','), isMany: true, help: 'only those' };
const filters: Readonly<Record<string, Option>> = {
  verdict,
  reason: { value: 'text', help: 'only those with this reason, as MaxDeliveryCountExceeded' },
  since: { value: 'time', help: 'only those that came onto the queue then or later, as 2026-11-29T03:00:00Z' },
  grep: { value: 'text', help: 'only those with this text in the message ID or the description' },
};

export const deadCommands: readonly Command[] = [
  {
    name: 'dead list',
    summary: 'the dead letters, each with what its lock says of it',
    count: [0, 0],
    options: { ...filters, limit: { value: 'number', help: 'at most so many' } },
    run: list,
  },
  {
    name: 'dead show',
    summary: 'one dead letter: why it is dead, its properties, its body',
    operands: '<sequence number>',
    count: [1, 1],
    options: { body: { help: 'show the body, which can be personal data' } },
    run: show,
  },
  {
    name: 'dead reconcile',
    summary: 'all dead letters against their locks: verdict, count, what to do',
    count: [0, 0],
    options: {},
    run: reconcile,
  },
  {
    name: 'dead export',
    summary: 'dead letters whole, a JSON object a line, with the body in Base64',
    count: [0, 0],
    options: filters,
    run: exported,
  },
];

export function verdictsIn(options: OptionValues): ReadonlySet<Verdict> | undefined {
  const given = options.list('verdict').map((text) => {
    if (!isVerdict(text)) throw new UsageError(`--verdict is "${text}", but must be of ${verdicts.join(', ')}.`);
    return text;
  });
  return given.length === 0 ? undefined : new Set(given);
}

function filterFrom(options: OptionValues): LetterFilter {
  const [wanted, reason, text, since] = [
    verdictsIn(options),
    options.text('reason'),
    options.text('grep'),
    options.text('since'),
  ];
  const at = since === undefined ? undefined : Date.parse(/^\d{4}-\d\d/.test(since) ? since : '');
  if (Number.isNaN(at)) throw new UsageError(`--since is "${since}", but must be a time like 2026-11-29T03:00:00Z.`);
  return {
    ...(wanted !== undefined && { verdicts: wanted }),
    ...(reason !== undefined && { reason }),
    ...(text !== undefined && { text }),
    ...(at !== undefined && { since: at }),
  };
}

/** What is known of a dead letter, without its body. */
const letterRow = ({ letter, identity, verdict: found, lock, problem }: LetterWithLock) => ({
  sequenceNumber: letter.received.sequenceNumber,
  messageId: identity?.id ?? (typeof letter.received.messageId === 'string' ? letter.received.messageId : undefined),
  ...(identity?.source !== undefined && { source: identity.source }),
  verdict: found,
  act: proposedActs[found],
  reason: letter.reason,
  description: letter.description,
  enqueuedTime: letter.received.enqueuedTime,
  ...(lock !== undefined && { lockState: lock.record.state, lastError: lock.record.lastError }),
  ...(problem !== undefined && { problem }),
  ...(letter.notRepeatable !== undefined && { notRepeatable: letter.notRepeatable }),
});

type LetterRow = ReturnType<typeof letterRow>;

const letterColumns: Columns<LetterRow> = [
  ['NUMBER', ({ sequenceNumber }) => sequenceNumber],
  ['MESSAGE ID', ({ messageId = '' }) => messageId],
  ['VERDICT', ({ verdict: found }) => found],
  ['DO', ({ act }) => act],
  ['QUEUED', ({ enqueuedTime }) => enqueuedTime],
  [
    'REASON',
    ({ reason = '', lastError, problem }) => [reason, lastError ?? problem].filter(Boolean).join(': ').slice(0, 120),
  ],
];

async function list({ operations, terminal, options, signal }: Invocation): Promise<ExitCode> {
  const filter = filterFrom(options);
  let left = options.count('limit') ?? Number.POSITIVE_INFINITY;
  let [listed, shown] = [0, 0];
  for await (const page of operations.listDeadLetters.run(filter)) {
    const rows = page.letters.slice(0, left).map(letterRow);
    await terminal.rows(rows, letterColumns);
    [listed, shown, left] = [listed + page.listed, shown + rows.length, left - rows.length];
    if (left <= 0 || signal.aborted) break;
    terminal.progress(`${counted(listed, 'dead letter')} listed, ${shown} shown`);
  }
  terminal.note(`${shown} of ${counted(listed, 'dead letter')} listed in ${operations.target}.`);
  return shown === 0 ? exitCode.ok : exitCode.attention;
}

async function show({ operations, terminal, options, operands }: Invocation): Promise<ExitCode> {
  const sequenceNumber = operands[0] ?? '';
  for await (const { letters } of operations.listDeadLetters.run({ sequenceNumbers: new Set([sequenceNumber]) })) {
    const [judged] = letters;
    if (judged === undefined) continue;
    const { received } = judged.letter;
    const bytes = bytesOf(received.body);
    const row = {
      ...letterRow(judged),
      contentType: received.contentType,
      sessionId: judged.letter.sessionId,
      applicationProperties: received.applicationProperties,
      bodyBytes: bytes.length,
      ...(options.is('body') && { body: bytes.toString('base64') }),
    };
    const lines = Object.entries(row)
      .filter(([name, value]) => value !== undefined && value !== null && name !== 'body')
      .map(
        ([name, value]) =>
          `${name.padEnd(22)}${visible(typeof value === 'object' ? JSON.stringify(value) : String(value))}`,
      );
    await terminal.one(row, options.is('body') ? [...lines, '', visible(bytes.toString())] : lines);
    return exitCode.ok;
  }
  terminal.note(`There is no dead letter with the sequence number ${visible(sequenceNumber)} in ${operations.target}.`);
  return exitCode.notFound;
}

const groupColumns: Columns<LetterGroup> = [
  ['VERDICT', (group) => group.verdict],
  ['COUNT', ({ count }) => String(count)],
  ['DO', ({ act }) => act],
  ['FIRST', ({ first }) => first],
  ['LAST', ({ last }) => last],
  [
    'REASONS',
    ({ reasons }) =>
      Object.entries(reasons)
        .map(([name, count]) => `${name} ${count}`)
        .join(', '),
  ],
];

async function reconcile({ operations, terminal }: Invocation): Promise<ExitCode> {
  const groups = await operations.reconcile.run((listed) =>
    terminal.progress(`${counted(listed, 'dead letter')} compared`),
  );
  await terminal.rows(groups, groupColumns);
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  terminal.note(
    total === 0 ? `No dead letters in ${operations.target}.` : `${total} dead letters in ${operations.target}.`,
  );
  if (!terminal.isJson) for (const { verdict: found } of groups) terminal.note(`  ${found}: ${meanings[found]}`);
  return total === 0 ? exitCode.ok : exitCode.attention;
}

/** Each verdict in a sentence, with the command that deals with it. */
const meanings: Readonly<Record<Verdict, string>> = {
  'already-done': 'the work is done: isb dead complete --reason "…"',
  conflict:
    'the ID belongs to other content: compare the two, and send this one under an ID of its own if it is wanted.',
  'at-work': 'an owner works on it: wait.',
  interrupted: 'begun and not ended: isb dead redrive --verdict interrupted --reason "…"',
  failed: 'failed for good: mend the cause, then isb dead redrive --verdict failed --batch 1,10,100 --reason "…"',
  'never-started': 'never worked on: isb dead redrive --verdict never-started --reason "…"',
  unknown: 'there is no lock, or none that can be read, so that it may have been done: find out where the effect is.',
  malformed: 'not a message that can be processed: isb dead export, and tell its sender.',
  'sender-fault': 'refused by the broker for what its sender gave it: isb dead export, and tell its sender.',
};

async function exported({ operations, terminal, options, signal }: Invocation): Promise<ExitCode> {
  const filter = filterFrom(options);
  let count = 0;
  for await (const page of operations.listDeadLetters.run(filter)) {
    for (const judged of page.letters) {
      const { received, sessionId } = judged.letter;
      const whole = {
        ...letterRow(judged),
        contentType: received.contentType,
        ...received.sent,
        sessionId,
        applicationProperties: received.applicationProperties,
        body: bytesOf(received.body).toString('base64'),
      };
      await terminal.one(whole, [JSON.stringify(whole)]);
      count += 1;
    }
    if (signal.aborted) break;
  }
  terminal.note(`${counted(count, 'dead letter')} exported from ${operations.target}.`);
  return exitCode.ok;
}

const bytesOf = (body: unknown): Buffer =>
  body instanceof Uint8Array
    ? Buffer.from(body)
    : Buffer.from(typeof body === 'string' ? body : (JSON.stringify(body) ?? ''));
