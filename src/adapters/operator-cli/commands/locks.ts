import type { InspectedMessage } from '../../../application/operate/inspect-message.ts';
import type { ListedLock } from '../../../application/ports/lock-catalog.ts';
import { isExpired, type LockRecord } from '../../../domain/lock-record.ts';
import { age, type StoreTime } from '../../../domain/time.ts';
import { rfc3339 } from '../../../domain/utc-text.ts';
import { identityText } from '../../../domain/work-key.ts';
import { type Command, type ExitCode, exitCode, type Invocation, identityFrom, UsageError } from '../command.ts';
import { type Columns, counted, roughly, visible } from '../terminal.ts';

const states = ['held', 'released', 'completed', 'failed'] as const;

export const source = {
  value: 'source',
  help: "the source of another producer's event, which with the ID says whose lock it is",
};
export const lockCommands: readonly Command[] = [
  {
    name: 'locks list',
    summary: 'the locks by name and metadata, one request for thousands',
    count: [0, 0],
    options: {
      state: { value: states.join(','), isMany: true, help: 'only those' },
      older: { value: 'duration', help: 'only those that were not written for longer, like PT5M' },
      prefix: { value: 'text', help: 'only those whose message ID begins so' },
      owner: { value: 'text', help: 'only those whose owner begins so' },
      limit: { value: 'number', help: 'at most so many' },
    },
    run: list,
  },
  {
    name: 'locks show',
    summary: 'one lock: who has it, how far the work is, what comes next',
    operands: '<message ID>',
    count: [1, 1],
    options: { source },
    run: show,
  },
];

interface LockRow {
  readonly messageId: string;
  readonly source?: string | undefined;
  readonly state: string;
  readonly owner?: string | undefined;
  readonly writtenAt: string;
  readonly ageSeconds: number;
  readonly lock: string;
}

export const lockColumns: Columns<LockRow> = [
  ['MESSAGE ID', ({ messageId, source: of }) => (of === undefined ? messageId : `${messageId} (${of})`)],
  ['STATE', ({ state }) => state],
  ['AGE', ({ ageSeconds }) => roughly(ageSeconds * 1000)],
  ['OWNER', ({ owner = '' }) => owner],
];

export const lockRow = (
  { messageId, source: of, state, owner, writtenAt, name }: ListedLock,
  now: StoreTime,
): LockRow => ({
  messageId,
  ...(of !== undefined && { source: of }),
  state,
  owner,
  writtenAt: rfc3339(writtenAt),
  ageSeconds: age(writtenAt, now) / 1000,
  lock: name,
});

async function list({ operations, terminal, options, signal }: Invocation): Promise<ExitCode> {
  const wanted = options.list('state').map((text) => {
    const state = states.find((each) => each === text);
    if (state === undefined) throw new UsageError(`--state is "${text}", but must be of ${states.join(', ')}.`);
    return state;
  });
  const olderThanMs = options.duration('older');
  const [prefix, owner] = [options.text('prefix'), options.text('owner')];
  const filter = {
    ...(wanted.length > 0 && { states: new Set<LockRecord['state']>(wanted) }),
    ...(olderThanMs !== undefined && { olderThanMs }),
    ...(prefix !== undefined && { prefix }),
    ...(owner !== undefined && { owner }),
  };
  let left = options.count('limit') ?? Number.POSITIVE_INFINITY;
  let [listed, shown] = [0, 0];
  for await (const page of operations.listLocks.run(filter)) {
    const rows = page.locks.slice(0, left).map((lock) => lockRow(lock, page.observedAt));
    await terminal.rows(rows, lockColumns);
    listed += page.listed;
    shown += rows.length;
    left -= rows.length;
    if (left <= 0 || signal.aborted) break;
    terminal.progress(`${counted(listed, 'lock')} listed, ${shown} shown`);
  }
  terminal.note(`${shown} of ${counted(listed, 'lock')} listed in ${operations.target}.`);
  return exitCode.ok;
}

async function show({ operations, terminal, options, operands }: Invocation): Promise<ExitCode> {
  const message = identityFrom(operands[0] ?? '', options.text('source'));
  const found = await operations.inspectMessage.run(message);
  if (found === undefined) {
    terminal.note(
      `There is no lock of ${visible(identityText(message))} in ${operations.target}: the message was not taken up yet, or its lock was deleted after its retention.`,
    );
    return exitCode.notFound;
  }
  const { record, writtenAt, observedAt } = found.stored;
  const value = { ...record, writtenAt: rfc3339(writtenAt), observedAt: rfc3339(observedAt), next: nextText(found) };
  await terminal.one(value, shownLock(found));
  return record.state === 'failed' || found.openSteps.length > 0 ? exitCode.attention : exitCode.ok;
}

function shownLock(found: InspectedMessage): readonly string[] {
  const { record, writtenAt, observedAt } = found.stored;
  const { state, owner, host, attempt, failures, crashes, fencingToken, steps, result, lastError, operator, physical } =
    record;
  const stateText = state === 'held' && isExpired(found.stored) ? 'held, expired' : state;
  const stepLines = steps.map(({ name, status, result: of }, position) => {
    const what = status === 'started' ? 'begun, not finished: nobody knows whether it was done' : status;
    return `  ${position + 1}  ${visible(name)}: ${what}${of === null ? '' : ` ${visible(of)}`}`;
  });
  return [
    `message   ${visible(identityText({ id: record.messageId, source: record.source }))}`,
    `state     ${stateText}, written ${roughly(age(writtenAt, observedAt))} ago (${rfc3339(writtenAt)}; the store's clock shows ${rfc3339(observedAt)})`,
    `owner     ${visible(owner)} on ${visible(host)}, token ${fencingToken ?? 'of its creation'}`,
    `attempt   ${attempt}, ${failures} failed, ${crashes} crashed in a row`,
    `queued    ${physical.enqueuedTime || 'at an unknown time'}, sequence number ${physical.sequenceNumber}`,
    ...(steps.length > 0 ? ['steps', ...stepLines] : []),
    ...(result === null ? [] : [`result    ${visible(result)}`]),
    ...(lastError === null ? [] : [`error     ${visible(lastError)}`]),
    ...(operator === undefined
      ? []
      : [`by hand   ${operator.action} by ${visible(operator.who)} at ${operator.at}: ${visible(operator.reason)}`]),
    `next      ${nextText(found)}`,
  ];
}

export function nextText({ next, stored, openSteps }: InspectedMessage): string {
  const inTime = (at: StoreTime) => (at <= stored.observedAt ? 'now' : `in ${roughly(at - stored.observedAt)}`);
  const asks =
    openSteps.length > 0 ? ' A person has to say first whether the begun step was done: isb locks answer.' : '';
  switch (next.kind) {
    case 'owner-works':
      return `its owner works; if it writes no more, the next delivery takes over ${inTime(next.at)}.`;
    case 'delivery-takes-over':
      return `the next delivery takes over, ${inTime(next.at)} at the earliest.${asks}`;
    case 'nothing':
      return `nothing, until the message is sent again or re-driven.${asks}`;
    case 'done':
      return 'nothing: its work is done, and duplicates are skipped.';
  }
}
