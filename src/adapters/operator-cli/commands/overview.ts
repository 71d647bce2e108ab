import type { LockRecord } from '../../../domain/lock-record.ts';
import { age, type StoreTime } from '../../../domain/time.ts';
import { rfc3339 } from '../../../domain/utc-text.ts';
import { type Command, type ExitCode, exitCode, type Invocation, UsageError } from '../command.ts';
import { counted, roughly } from '../terminal.ts';
import { lockRow } from './locks.ts';

export const overviewCommands: readonly Command[] = [
  {
    name: 'status',
    summary: 'how many locks and dead letters there are, and whether a person is needed',
    count: [0, 0],
    options: {},
    run: status,
  },
  {
    name: 'orphans',
    summary: 'work that nobody will resume: not completed, and its message is gone',
    count: [0, 0],
    options: {},
    run: orphans,
  },
];

interface Tally {
  readonly count: number;
  readonly oldest: StoreTime;
}

/** It costs a request for each 250, and nobody needs the exact number of more: administration would tell it, but asks for more rights. */
const mostCounted = 10_000;

async function status({ operations, terminal, signal }: Invocation): Promise<ExitCode> {
  const tallies = new Map<LockRecord['state'], Tally>();
  let now = await operations.storeNow();
  let listed = 0;
  for await (const page of operations.listLocks.run()) {
    now = page.observedAt;
    listed += page.listed;
    for (const { state, writtenAt } of page.locks) {
      const { count = 0, oldest = writtenAt } = tallies.get(state) ?? {};
      tallies.set(state, { count: count + 1, oldest: writtenAt < oldest ? writtenAt : oldest });
    }
    terminal.progress(`${counted(listed, 'lock')} listed`);
  }
  const groups = await operations.reconcile.run((count) =>
    terminal.progress(`${counted(count, 'dead letter')} compared`),
  );
  let queued = 0;
  for await (const page of operations.queue.pages()) {
    queued += page.length;
    terminal.progress(`${counted(queued, 'message')} counted`);
    if (queued >= mostCounted || signal.aborted) break;
  }
  const dead = Object.fromEntries(groups.map(({ verdict, count }) => [verdict, count]));
  const locks = Object.fromEntries(
    [...tallies].map(([state, { count, oldest }]) => [state, { count, oldestSeconds: age(oldest, now) / 1000 }]),
  );
  const { completedRetentionMs, abandonedRetentionMs } = operations.retention;
  const retentions = { completedRetentionMs, abandonedRetentionMs };
  const needsPerson = (tallies.get('failed')?.count ?? 0) > 0 || groups.length > 0;
  await terminal.one(
    { target: operations.target, storeTime: rfc3339(now), locks, queued, dead, ...retentions, needsPerson },
    [
      `${operations.target}, the store's clock shows ${rfc3339(now)}`,
      ...(tallies.size === 0 ? ['locks         none'] : []),
      ...[...tallies].map(
        ([state, { count, oldest }]) =>
          `locks         ${count} ${state}, the oldest written ${roughly(age(oldest, now))} ago`,
      ),
      `messages      ${queued >= mostCounted ? `${mostCounted} or more` : queued} on the queue`,
      ...(groups.length === 0 ? ['dead letters  none'] : []),
      ...groups.map(({ verdict, count, act }) => `dead letters  ${count} ${verdict}: ${act}`),
      `kept          completed locks ${roughly(completedRetentionMs)}, others ${roughly(abandonedRetentionMs)}`,
      needsPerson
        ? 'A person is needed: see "isb dead reconcile" and "isb locks list --state failed".'
        : 'Nobody is needed.',
    ],
  );
  return needsPerson ? exitCode.attention : exitCode.ok;
}

async function orphans({ operations, terminal }: Invocation): Promise<ExitCode> {
  if (!operations.areNamesKnown)
    throw new UsageError('Orphans are found by the names of locks: give --guards a module.');
  const found = await operations.findOrphans.run((locks, messages) =>
    terminal.progress(`${counted(locks, 'lock')} and ${counted(messages, 'message')} looked at`),
  );
  const now = await operations.storeNow();
  await terminal.rows(
    found.orphans.map((lock) => lockRow(lock, now)),
    [
      ['MESSAGE ID', ({ messageId, source }) => (source === undefined ? messageId : `${messageId} (${source})`)],
      ['STATE', ({ state }) => state],
      ['AGE', ({ ageSeconds }) => roughly(ageSeconds * 1000)],
    ],
  );
  const { locks, messages, isCut } = found;
  terminal.note(
    `${counted(found.orphans.length, 'orphan')} among ${counted(locks, 'lock')} and ${counted(messages, 'message')} of ${operations.target}.`,
  );
  if (found.orphans.length > 0)
    terminal.note('Send each message again under its ID: its finished steps are not repeated.');
  if (isCut) terminal.note('There are more open locks than were looked for. Run it again when these are dealt with.');
  return found.orphans.length > 0 ? exitCode.attention : exitCode.ok;
}
