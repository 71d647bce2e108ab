import type { SweepLog } from '../../application/sweep/sweep-regularly.ts';
import type { SweepOutcome, Swept } from '../../application/sweep-locks.ts';
import type { Log } from './log.ts';

/** The one line of a sweep: what it did, and how far it is. */
export const logSweep = (log: Log, scope: string, outcome: SweepOutcome): void =>
  log('info', sentenceOf(scope, outcome), { event: 'sweep', scope, ...outcome });

/** A log as whoever sweeps regularly tells it. */
export const sweepLog = (log: Log): SweepLog => ({
  swept: (scope, outcome) => logSweep(log, scope, outcome),
  failed: (error) => log('warn', 'The sweep ended early; the next one goes on.', { error }),
});

function sentenceOf(scope: string, outcome: SweepOutcome): string {
  switch (outcome.kind) {
    case 'swept':
      return `Swept ${outcome.deleted} of ${outcome.listed} locks of ${scope}, ${whereOf(outcome)}`;
    case 'too-early':
      return `Too early to sweep ${scope}: nothing is deleted in the first 15 minutes of the app, or after it was away.`;
    case 'under-way':
      return `Another process sweeps ${scope}.`;
    case 'not-due':
      return `A process has swept ${scope} a short while ago.`;
  }
}

function whereOf({ listed, pass }: Swept): string {
  const inAll = pass.listed > listed ? ` (${pass.deleted} of ${pass.listed} with the runs before)` : '';
  if (pass.isOver) return `up to the last one${inAll}.`;
  const place = pass.upTo === undefined ? 'at the first one' : `behind "${pass.upTo}"`;
  return `and not all${inAll}: the next sweep goes on ${place}.`;
}
