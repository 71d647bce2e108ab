import type { Verdict } from './audit.ts';
import type { Fleet } from './fleet.ts';
import type { ChaosOptions } from './options.ts';
import type { Traffic } from './traffic.ts';
import type { Counts } from './wire-faults.ts';

/** What a run did, and what came of it, by name. */
export type Figures = Readonly<Record<string, string | number>>;

export interface RunFacts {
  readonly options: ChaosOptions;
  readonly seconds: number;
  readonly machine: string;
  readonly traffic: Traffic['counts'];
  readonly physicalMessages: number;
  readonly fleet: Fleet['counts'];
  /** Times that all connections were cut, receivers detached, and an engine in trouble. */
  readonly scheduled: Counts;
  readonly onTheWire: Counts;
  readonly verdict: Verdict;
  readonly deadLettered: number;
  readonly wrongs: number;
  /** Locks that the store says were moved, and runs of the move that were killed. */
  readonly moves: { readonly moved: number; readonly killed: number };
}

export const figuresOf = (facts: RunFacts): Figures => {
  const { options, traffic, fleet, verdict } = facts;
  const faults = [...facts.scheduled, ...facts.onTheWire].toSorted(([one], [other]) => one.localeCompare(other));
  return {
    seed: options.seed,
    producers: options.producers,
    'layout of the locks': options.layout,
    'processes at a time': options.processes,
    'duration, with draining': `${facts.seconds.toFixed(0)} s`,
    machine: facts.machine,
    messages: traffic.messages,
    'sent again under the same ID': traffic.again,
    'of them once it was completed': traffic.afterCompletion,
    'sendings not confirmed': traffic.notConfirmed,
    'messages on the queue, all in all': facts.physicalMessages,
    'processes killed': fleet.killed,
    'processes frozen past their locks, and thawed': fleet.frozen,
    'processes told to stop': fleet.stopped,
    'processes started': fleet.started,
    'starts refused for want of an engine': fleet.refusedToStart,
    ...Object.fromEntries(faults),
    ...(options.layout === 'moved' && {
      'locks moved': facts.moves.moved,
      'moves killed': facts.moves.killed,
    }),
    'attempts (acquisitions of a lock)': verdict.executions,
    'of them takeovers': verdict.takeovers,
    'effects in flight when their lock was lost': verdict.lateEffects,
    'fenced effects of former owners, refused': verdict.refused,
    completed: verdict.completed,
    'failed, with the reason': verdict.failed,
    'never confirmed, and never there': verdict.neverThere,
    'dead-lettered': facts.deadLettered,
    WRONG: facts.wrongs,
  };
};

/** As a table in Markdown. */
export function table(figures: Figures): string {
  const rows = Object.entries(figures).map(([name, value]) => [
    name,
    typeof value === 'number' && name !== 'seed' ? value.toLocaleString('en') : String(value),
  ]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = ([name = '', value = '']: readonly string[]) =>
    `| ${name.padEnd(widths[0] ?? 0)} | ${value.padStart(widths[1] ?? 0)} |`;
  const rule = `|${'-'.repeat((widths[0] ?? 0) + 2)}|${'-'.repeat((widths[1] ?? 0) + 1)}:|`;
  return [line(['', '']), rule, ...rows.map(line)].join('\n');
}
