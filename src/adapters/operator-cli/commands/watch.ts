import { setTimeout } from 'node:timers/promises';
import type { ListedLock } from '../../../application/ports/lock-catalog.ts';
import type { LockVersion } from '../../../application/ports/lock-store.ts';
import type { LockName } from '../../../domain/lock-name.ts';
import { type DurationMs, seconds } from '../../../domain/time.ts';
import { rfc3339 } from '../../../domain/utc-text.ts';
import { identityText } from '../../../domain/work-key.ts';
import { type Command, type ExitCode, exitCode, type Invocation, identityFrom } from '../command.ts';
import { counted, visible } from '../terminal.ts';
import { lockColumns, lockRow, nextText, source } from './locks.ts';

const every = { value: 'duration', help: 'how long to wait between two looks' };

export const watchCommands: readonly Command[] = [
  {
    name: 'watch',
    summary: 'the locks that are not completed, and each change of them, until Ctrl-C',
    count: [0, 0],
    options: { every: { ...every, help: `${every.help}; PT5S by default` } },
    run: watchAll,
  },
  {
    name: 'locks watch',
    summary: 'each change of one lock, until its work is completed or has failed',
    operands: '<message ID>',
    count: [1, 1],
    options: { source, every: { ...every, help: `${every.help}; PT1S by default` } },
    run: watchOne,
  },
];

/** False once the signal is aborted. */
const pause = (ms: DurationMs, signal: AbortSignal): Promise<boolean> =>
  setTimeout(ms, true, { signal }).catch(() => false);

async function watchOne({ operations, terminal, options, operands, signal }: Invocation): Promise<ExitCode> {
  const message = identityFrom(operands[0] ?? '', options.text('source'));
  const everyMs = options.duration('every') ?? seconds(1);
  let seen: LockVersion | 'absent' | undefined;
  do {
    const found = await operations.inspectMessage.run(message);
    const version = found?.stored.version ?? 'absent';
    const isNew = version !== seen;
    seen = version;
    if (found === undefined) {
      if (isNew) terminal.note(`There is no lock of ${visible(identityText(message))} now. Waiting for one.`);
      continue;
    }
    const { record, writtenAt } = found.stored;
    const { state, owner, attempt, steps, lastError } = record;
    const value = {
      at: rfc3339(writtenAt),
      state,
      owner,
      attempt,
      steps: steps.length,
      lastError,
      next: nextText(found),
    };
    const last = steps.at(-1);
    const stepText = last === undefined ? '' : `, step ${steps.length} ${visible(last.name)} ${last.status}`;
    const errorText = lastError === null ? '' : `: ${visible(lastError)}`;
    if (isNew) {
      await terminal.one(value, [
        `${value.at}  ${state}, attempt ${attempt} of ${visible(owner)}${stepText}${errorText}`,
      ]);
    }
    if (state === 'completed') return exitCode.ok;
    if (state === 'failed') return exitCode.attention;
  } while (await pause(everyMs, signal));
  return exitCode.ok;
}

/** Locks that are kept in mind: some tens of megabytes. */
const mostWatched = 100_000;

async function watchAll({ operations, terminal, options, signal }: Invocation): Promise<ExitCode> {
  const everyMs = options.duration('every') ?? seconds(5);
  let open = new Map<LockName, LockVersion>();
  do {
    const before = open;
    open = new Map();
    for await (const { locks, observedAt } of operations.listLocks.run()) {
      // Of the completed ones only those are told that were seen before: there can be millions of others.
      const isOpen = ({ state }: ListedLock) => state !== 'completed';
      const told = locks.filter(
        (lock) => before.get(lock.name) !== lock.version && (isOpen(lock) || before.has(lock.name)),
      );
      for (const lock of locks) if (isOpen(lock) && open.size < mostWatched) open.set(lock.name, lock.version);
      await terminal.rows(
        told.map((lock) => lockRow(lock, observedAt)),
        lockColumns,
      );
      if (signal.aborted) return exitCode.ok;
    }
    terminal.progress(`${counted(open.size, 'lock')} not completed`);
  } while (await pause(everyMs, signal));
  return exitCode.ok;
}
