import type { FoundMessage } from '../../../application/operate/find-message.ts';
import type { StoredLock } from '../../../application/ports/lock-store.ts';
import type { FormerOwner } from '../../../domain/lock-history.ts';
import { acquiredAtOf, isExpired } from '../../../domain/lock-record.ts';
import { rfc3339 } from '../../../domain/utc-text.ts';
import { identityText } from '../../../domain/work-key.ts';
import { type Command, type ExitCode, exitCode, type Invocation, identityFrom } from '../command.ts';
import { type Columns, counted, visible } from '../terminal.ts';
import { nextText, source } from './locks.ts';

export const traceCommands: readonly Command[] = [
  {
    name: 'trace',
    summary: "one message's life in one list: queued, its owners, its steps, what people did, where it is now",
    operands: '<message ID>',
    count: [1, 1],
    options: { source },
    run: trace,
  },
];

/** One thing that happened. Times are by the clock of whoever noted it: the broker, the store, or the owner for its steps. */
interface Happening {
  readonly at: string;
  readonly what: string;
  readonly owner?: string;
  readonly detail?: string;
}

const columns: Columns<Happening> = [
  ['AT', ({ at }) => at],
  ['WHAT', ({ what }) => what],
  ['OWNER', ({ owner = '' }) => owner],
  ['', ({ detail = '' }) => detail],
];

async function trace({ operations, terminal, options, operands, signal }: Invocation): Promise<ExitCode> {
  const message = identityFrom(operands[0] ?? '', options.text('source'));
  const found = await operations.inspectMessage.run(message);
  const messages: FoundMessage[] = [];
  let looked = 0;
  for await (const page of operations.findMessage.run(message)) {
    messages.push(...page.found);
    looked += page.looked;
    if (signal.aborted) break;
    terminal.progress(`${counted(looked, 'message')} looked at`);
  }
  const subject = visible(identityText(message));
  if (found === undefined && messages.length === 0) {
    terminal.note(`There is neither a lock nor a message of ${subject} in ${operations.target}.`);
    return exitCode.notFound;
  }
  const happenings = [...messages.flatMap(ofMessage), ...(found === undefined ? [] : ofLock(found.stored, messages))];
  await terminal.rows(
    happenings.sort((one, other) => (one.at < other.at ? -1 : Number(one.at > other.at))),
    columns,
  );
  const places = messages.map(({ where, received: { sequenceNumber } }) =>
    where === 'queue' ? `on the queue as ${sequenceNumber}` : `a dead letter, ${sequenceNumber}`,
  );
  terminal.note(`Its message is ${places.length === 0 ? 'settled, or gone' : places.join(', and ')}.`);
  terminal.note(found === undefined ? 'It has no lock: its work was not begun.' : `Next: ${nextText(found)}`);
  const isDead = messages.some(({ where }) => where === 'dead-letters');
  return isDead || found?.stored.record.state === 'failed' ? exitCode.attention : exitCode.ok;
}

function ofMessage(found: FoundMessage): readonly Happening[] {
  const { sequenceNumber, enqueuedTime, deliveryCount = 1 } = found.received;
  const queued = { at: enqueuedTime, what: 'queued', detail: `sequence number ${sequenceNumber}` };
  if (found.where === 'queue') {
    // The receiver counts this look as a delivery.
    return [{ ...queued, detail: `${queued.detail}, delivered ${counted(deliveryCount - 1, 'time')} so far` }];
  }
  const { reason = 'no reason', description } = found;
  return [{ ...queued, detail: `${queued.detail}, dead since: ${[reason, description].filter(Boolean).join(', ')}` }];
}

function ofLock(stored: StoredLock, messages: readonly FoundMessage[]): readonly Happening[] {
  const { record, writtenAt, observedAt } = stored;
  const { physical, owner, state, steps, operator, lastError, host } = record;
  const isListed = messages.some(({ received }) => received.sequenceNumber === physical.sequenceNumber);
  const endings = {
    held: isExpired(stored) ? 'wrote no more' : 'last heard of, at work',
    released: 'released its lock',
    completed: 'completed the work',
    failed: 'failed for good',
  } as const;
  const isByHand = operator !== undefined && owner.startsWith('operator:');
  return [
    ...(isListed || !physical.enqueuedTime
      ? []
      : [{ at: physical.enqueuedTime, what: 'queued', detail: `sequence number ${physical.sequenceNumber}` }]),
    ...(record.history ?? []).flatMap(ofFormerOwner),
    ...steps.flatMap(({ name, status, at }, position) =>
      at === undefined ? [] : [{ at, what: `step ${position + 1} ${status}`, detail: name }],
    ),
    ...(operator === undefined
      ? []
      : [{ at: operator.at, what: `${operator.action} by hand`, owner: operator.who, detail: operator.reason }]),
    ...(isByHand
      ? []
      : [
          { at: rfc3339(acquiredAtOf(stored)), what: `attempt ${record.attempt} began`, owner, detail: host },
          {
            at: rfc3339(state === 'held' ? observedAt : writtenAt),
            what: endings[state],
            owner,
            ...(lastError !== null && { detail: lastError }),
          },
        ]),
  ];
}

/** What a person did is told by the act itself. */
function ofFormerOwner({ owner, host, acquiredAt, lastWrittenAt, ending }: FormerOwner): readonly Happening[] {
  if (owner.startsWith('operator:')) return [];
  const endings: Readonly<Record<string, string>> = {
    expired: 'wrote no more',
    released: 'released its lock',
    failed: 'failed for good',
    'released-by-operator': 'lost its lock to a person',
  };
  return [
    { at: rfc3339(acquiredAt), what: 'an attempt began', owner, detail: host },
    { at: rfc3339(lastWrittenAt), what: endings[ending] ?? ending, owner },
  ];
}
