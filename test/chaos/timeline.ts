import { tokenOf } from '../../src/domain/lock-record.ts';
import type { Applied, Evidence, Violation } from './evidence.ts';

/** Each message that something is wrong with: what, and what the store applied for it, in order. */
export function toldViolations(violations: readonly Violation[], { applied, sent, freezes }: Evidence): string {
  const byMessage = [...Map.groupBy(violations, ({ messageId }) => messageId)];
  const told = byMessage.slice(0, mostTold).map(([messageId, found]) => {
    const steps = sent.get(messageId)?.steps.map(({ name }) => name) ?? [];
    const pids = new Set((applied.get(messageId) ?? []).map(pidOf));
    const stood = freezes
      .filter(({ pid }) => pid === 'all' || pids.has(String(pid)))
      .map(({ pid, from, to }) => ({ at: from, text: `(process ${pid} stood still until ${seconds(to)})` }));
    const lines = [
      ...(applied.get(messageId) ?? []).map((write) => ({ at: write.at, text: toldWrite(write) })),
      ...stood,
    ]
      .toSorted((one, other) => one.at - other.at)
      .map(({ at, text }) => `    ${seconds(at)} ${text}`);
    return [`${messageId} (${steps.join(', ')})`, ...found.map(({ what }) => `  WRONG: ${what}`), ...lines].join('\n');
  });
  const rest = byMessage.length - told.length;
  return [...told, ...(rest > 0 ? [`… and ${rest} messages more.`] : [])].join('\n\n');
}

const mostTold = 10;
const seconds = (ms: number) => `${(ms / 1000).toFixed(3).padStart(8)} s`;

const pidOf = (write: Applied): string | undefined =>
  write.kind === 'lock' ? write.record.host.split('/').at(-1) : undefined;

function toldWrite(write: Applied): string {
  switch (write.kind) {
    case 'lock': {
      const { state, owner, writeId, attempt, host, steps, lastError } = write.record;
      const known = steps.map(({ name, status }) => `${name} ${status}`).join(', ');
      const stamp = new Date(write.writtenAt).toISOString().slice(11, 19);
      const error = state === 'held' || lastError === null ? '' : `, ${lastError.slice(0, longestError)}`;
      const by = `${short(owner)}${writeId.slice(owner.length)} (${host})`;
      return `lock ${state} by ${by}, attempt ${attempt}, token ${tokenOf(write)}, stamp ${stamp}, steps: ${known}${error}`;
    }
    case 'effect': {
      const { step, owner, attempt, fencingToken } = write.line;
      const way = write.onTheWayMs > 100 ? `, ${Math.round(write.onTheWayMs)} ms on the way` : '';
      return `effect ${step} by ${short(owner)}, attempt ${attempt}, token ${fencingToken}${way}`;
    }
    case 'fenced': {
      const outcome = write.isStored ? 'stored' : 'conflict';
      return `fenced effect by ${short(write.owner)}, token ${write.fencingToken}: ${outcome}`;
    }
  }
}

const longestError = 120;
const short = (owner: string): string => owner.slice(0, 8);
