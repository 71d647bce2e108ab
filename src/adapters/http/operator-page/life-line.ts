import type { StoredLock } from '../../../application/ports/lock-store.ts';
import { acquiredAtOf, isExpired } from '../../../domain/lock-record.ts';
import type { StoreTime } from '../../../domain/time.ts';
import { type Html, html } from './html.ts';
import { roughly } from './words.ts';

/** One owner of the lock, from the first to the last. */
export interface OwnerSpan {
  readonly owner: string;
  readonly host: string;
  readonly from: number;
  /** When it was last heard of; of an owner at work, now. */
  readonly to: number;
  readonly ending: string;
  /** How it looks, which its ending says in words as well. */
  readonly tone: 'held' | 'done' | 'ill' | 'hand';
  /** Whether it wrote no more, and the others waited. */
  readonly isSilent: boolean;
}

const endings: Readonly<Record<string, readonly [string, OwnerSpan['tone']]>> = {
  expired: ['✕ wrote no more: crashed, frozen or cut off', 'ill'],
  released: ['↻ gave the lock up for the next attempt', 'held'],
  failed: ['✕ failed for good', 'ill'],
  'released-by-operator': ['✋ a person took the lock from it', 'hand'],
};

/** The owners that the lock remembers, the present one last. */
export function ownersOf(stored: StoredLock): readonly OwnerSpan[] {
  const { record, writtenAt, observedAt } = stored;
  const former = (record.history ?? []).map(({ owner, host, acquiredAt, lastWrittenAt, ending }): OwnerSpan => {
    const [text, tone] = isByHand(owner)
      ? (['✋ a person’s act', 'hand'] as const)
      : (endings[ending] ?? [ending, 'held']);
    return { owner, host, from: acquiredAt, to: lastWrittenAt, ending: text, tone, isSilent: ending === 'expired' };
  });
  const isSilent = isExpired(stored);
  const isAtWork = record.state === 'held' && !isSilent;
  const [ending, tone] = ((): readonly [string, OwnerSpan['tone']] => {
    if (isByHand(record.owner)) return ['✋ a person’s act; it waits for a delivery', 'hand'];
    if (isAtWork) return ['● at work', 'held'];
    if (record.state === 'completed') return ['✓ completed', 'done'];
    return endings[isSilent ? 'expired' : record.state] ?? [record.state, 'held'];
  })();
  const present = { owner: record.owner, host: record.host, from: acquiredAtOf(stored), ending, tone, isSilent };
  return [...former, { ...present, to: isAtWork ? observedAt : writtenAt }];
}

const isByHand = (owner: string): boolean => owner.startsWith('operator:');

const width = 960;
const left = 150;
const laneHeight = 46;
const top = 48;

/**
 * The life of one message as a drawing: when it was queued, its owners as spans, the steps and writes of each, the silence
 * after a crash, and the takeovers. `writes`: those of the present owner that were seen. All of it is in tables as well.
 */
export function lifeLine(stored: StoredLock, writes: readonly StoreTime[]): Html {
  const { record, observedAt, writtenAt } = stored;
  const owners = ownersOf(stored);
  const queuedAt = Date.parse(record.physical.enqueuedTime);
  const start = Math.min(
    Number.isNaN(queuedAt) ? Number.POSITIVE_INFINITY : queuedAt,
    ...owners.map(({ from }) => from),
  );
  const isOver = record.state === 'completed' || record.state === 'failed';
  const end = Math.max(start + 1000, isOver ? writtenAt : observedAt, ...owners.map(({ to }) => to));
  const x = (time: number): number =>
    Math.round((left + ((Math.min(Math.max(time, start), end) - start) / (end - start)) * (width - left - 20)) * 10) /
    10;
  const y = (lane: number): number => top + lane * laneHeight;
  const height = y(owners.length) + 12;
  const lanes = owners.map((span, lane) => {
    const next = owners[lane + 1];
    const until = next?.from ?? (span.isSilent ? observedAt : span.to);
    return html`<g><title>${span.owner} on ${span.host}: ${span.ending}</title>
<text x="0" y="${y(lane) + 13}">${next === undefined ? 'owner' : 'former owner'} ${lane + 1}</text><text class="small" x="0" y="${y(lane) + 28}">${short(span.host, 22)}</text>
${span.isSilent && until > span.to && html`<rect class="silent" x="${x(span.to)}" y="${y(lane)}" width="${Math.max(2, x(until) - x(span.to))}" height="18" rx="3"/>`}
<rect class="owner ${span.tone}" x="${x(span.from)}" y="${y(lane)}" width="${Math.max(3, x(span.to) - x(span.from))}" height="18" rx="3"/>
<text class="small" x="${Math.min(x(span.from), width - 260)}" y="${y(lane) + 31}">${span.ending}, after ${roughly(span.to - span.from)}</text>
${next !== undefined && html`<path class="take" d="M${x(until)} ${y(lane) + 9} V${y(lane + 1)}"><title>takeover</title></path>`}</g>`;
  });
  const marks = marksOf(record.steps, owners).map((mark) => ({ ...mark, x: x(mark.time), y: y(mark.lane) }));
  const steps = marks.map(
    ({ x, y, isOpen, title }) =>
      html`<circle class="step${isOpen ? ' open' : ''}" cx="${x}" cy="${y + 9}" r="6"><title>${title}</title></circle>`,
  );
  const names = labelled(marks).map(
    ({ x, y, names }) =>
      html`<text class="small" x="${x}" y="${y - 3}" text-anchor="${x > width - 90 ? 'end' : 'middle'}">${short(names.join(', '), 40)}</text>`,
  );
  const beats = writes.map(
    (time) =>
      html`<path class="beat" d="M${x(time)} ${y(owners.length - 1) + 18} v5"><title>a write of the owner</title></path>`,
  );
  return html`<svg class="life" viewBox="0 0 ${width} ${height}" role="img" aria-label="The life of the message: ${owners.length} owners, ${record.steps.length} steps; the tables below say the same">
<path class="axis" d="M${left} 20 H${width - 20}"/>
<text class="small" x="${left}" y="12">${new Date(start).toISOString().slice(11, 19)}</text><text class="small" x="${width - 20}" y="12" text-anchor="end">${roughly(end - start)} later</text>
${!Number.isNaN(queuedAt) && html`<g><title>queued, number ${record.physical.sequenceNumber}</title><path class="queued" d="M${x(queuedAt)} 14 l6 6 l-6 6 l-6 -6 z"/><text x="0" y="25">queued</text></g>`}
${lanes}${beats}${steps}${names}
</svg>`;
}

interface Mark {
  readonly time: number;
  readonly lane: number;
  readonly name: string;
  readonly title: string;
  readonly isOpen: boolean;
}

/** The steps with the owners that had the lock at about that time: it is told by their own clocks. */
const marksOf = (steps: StoredLock['record']['steps'], owners: readonly OwnerSpan[]): readonly Mark[] =>
  steps.flatMap(({ name, status, at }, position) => {
    const time = Date.parse(at ?? '');
    if (Number.isNaN(time)) return [];
    const isOpen = status !== 'finished';
    const lane = Math.max(
      0,
      owners.findLastIndex(({ from }) => from <= time + 1000),
    );
    const title = `step ${position + 1}, ${name}: ${status}`;
    return [{ time, lane, name: isOpen ? `${name} ?` : name, title, isOpen }];
  });

const letterWidth = 7;

/** Their names, those that would cover one another side by side. */
function labelled(marks: readonly (Mark & { readonly x: number; readonly y: number })[]) {
  const labels: { x: number; readonly y: number; readonly lane: number; readonly names: string[] }[] = [];
  for (const { x, y, lane, name } of marks) {
    const last = labels.at(-1);
    if (last !== undefined && last.lane === lane && x - last.x < letterWidth * (name.length + 2)) {
      last.names.push(name);
      last.x = x;
    } else labels.push({ x, y, lane, names: [name] });
  }
  return labels;
}

const short = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);
