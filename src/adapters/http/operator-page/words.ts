import type { InspectedMessage } from '../../../application/operate/inspect-message.ts';
import type { Verdict } from '../../../domain/dead-letter.ts';
import type { StoreTime } from '../../../domain/time.ts';

/** A length of time for people: its largest unit. */
export function roughly(ms: number): string {
  const units = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
  ] as const;
  const [size, unit] = units.find(([least]) => ms >= 2 * least) ?? [1000, 's'];
  return `${Math.round(Math.max(0, ms) / size)} ${unit}`;
}

/** What comes next for a message if nobody does anything. */
export function nextText({ next, stored, openSteps }: InspectedMessage): string {
  const inTime = (at: StoreTime) => (at <= stored.observedAt ? 'now' : `in ${roughly(at - stored.observedAt)}`);
  const asks = openSteps.length > 0 ? ' First, say whether the step that was begun was done.' : '';
  switch (next.kind) {
    case 'owner-works':
      return `Its owner works. If it writes no more, the next delivery takes over ${inTime(next.at)}.`;
    case 'delivery-takes-over':
      return `The next delivery takes over, ${inTime(next.at)} at the earliest.${asks}`;
    case 'nothing':
      return `Nothing, until the message is sent again or re-driven.${asks}`;
    case 'done':
      return 'Nothing: its work is done, and duplicates are skipped.';
  }
}

/** Each verdict in a sentence: what was seen, and what to do. */
export const meanings: Readonly<Record<Verdict, string>> = {
  'already-done': 'The work is done: remove the dead letter.',
  conflict:
    'The ID belongs to other content: compare the two, and send this one under an ID of its own if it is wanted.',
  'at-work': 'An owner works on it: wait.',
  interrupted: 'Begun and not ended: put back, the work goes on from its steps.',
  failed: 'Failed for good: mend the cause, then put it back.',
  'never-started': 'Never worked on: put it back.',
  unknown: 'There is no lock, or none that can be read. It may have been done: find out where the effect is.',
  malformed: 'Not a message that can be processed: export it, and tell its sender.',
  'sender-fault': 'Refused by the broker for what its sender gave it: export it, and tell its sender.',
};

/** A command for a shell, its values in quotes that nothing in them can end. */
export const command = (...parts: readonly string[]): string =>
  ['isb', ...parts].map((part) => (/^[\w.,:=/-]+$/.test(part) ? part : `'${part.replaceAll("'", "'\\''")}'`)).join(' ');

export const plural = (count: number, one: string): string => `${count} ${count === 1 ? one : `${one}s`}`;
