import { SeededRandom } from '../support/seeded-random.ts';
import { seedOf } from './seed.ts';

/** Something that is done to a process or an engine at a time of the run. Times are in milliseconds. */
export type ScheduledFault = { readonly at: number } & (
  | { readonly kind: 'kill'; readonly process: number; readonly restartAfter: number }
  /** It is told to stop, as by a deployment, and may finish what it can in a few seconds. */
  | { readonly kind: 'stop'; readonly process: number; readonly restartAfter: number }
  | { readonly kind: 'freeze'; readonly process: number; readonly lasting: number }
  /** Every AMQP connection breaks. */
  | { readonly kind: 'cut-connections' }
  | { readonly kind: 'detach-receivers' }
  /** Ten times as many requests and answers as at other times go wrong on their way to one of the engines. */
  | { readonly kind: 'store-trouble' | 'queue-trouble'; readonly lasting: number }
);

export type FaultKind = ScheduledFault['kind'];

export interface ScheduleOptions {
  readonly seed: number;
  readonly durationMs: number;
  readonly processes: number;
  /** How long a frozen process stands still at least, so that its locks are taken over meanwhile. */
  readonly leastFreezeMs: number;
}

const kinds: readonly FaultKind[] = [
  ...(['kill', 'kill', 'freeze', 'freeze', 'stop'] as const),
  ...(['cut-connections', 'detach-receivers', 'store-trouble', 'queue-trouble'] as const),
];

/**
 * What goes wrong when, all from the seed. Each kind comes as often as it weighs before any comes more often, so that a short
 * run has each. The first fault comes when there is some work, and the last one with time left to work on.
 */
export function faultSchedule({
  seed,
  durationMs,
  processes,
  leastFreezeMs,
}: ScheduleOptions): readonly ScheduledFault[] {
  const random = new SeededRandom(seedOf(seed, 'schedule'));
  const meanGapMs = Math.min(4000, durationMs / (kinds.length + 2));
  const faults: ScheduledFault[] = [];
  let bag: readonly FaultKind[] = [];
  for (let nth = 1; nth <= durationMs / meanGapMs - 2; nth += 1) {
    const at = meanGapMs * (nth + random.next());
    if (bag.length === 0) bag = shuffled(kinds, random);
    const [kind = 'kill', ...rest] = bag;
    bag = rest;
    faults.push({ at: Math.round(at), ...details(kind) });
  }
  return faults;

  function details(kind: FaultKind) {
    const process = random.integer(processes);
    switch (kind) {
      case 'kill':
      case 'stop':
        return { kind, process, restartAfter: random.integer(2000) };
      case 'freeze':
        return { kind, process, lasting: leastFreezeMs + random.integer(3000) };
      case 'cut-connections':
      case 'detach-receivers':
        return { kind };
      case 'store-trouble':
      case 'queue-trouble':
        return { kind, lasting: 500 + random.integer(1500) };
    }
  }
}

function shuffled<T>(values: readonly T[], random: SeededRandom): readonly T[] {
  return values
    .map((value) => ({ value, place: random.next() }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ value }) => value);
}
