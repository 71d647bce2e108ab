import { escapeId } from '../../src/domain/escaped-id.ts';
import type { LockRecord } from '../../src/domain/lock-record.ts';
import { auditMessage } from './audit-message.ts';
import { auditSessions } from './audit-sessions.ts';
import type {
  Applied,
  Evidence,
  Freeze,
  PlannedStep,
  SentMessage,
  StoredAtLast,
  TimedOut,
  Violation,
} from './evidence.ts';

/** What became of all messages. */
export interface Verdict {
  readonly violations: readonly Violation[];
  readonly completed: number;
  readonly failed: number;
  /** Never confirmed to their sender, and never seen by the store. */
  readonly neverThere: number;
  readonly executions: number;
  readonly takeovers: number;
  /** Lines of a step that was in flight when its process was frozen. */
  readonly lateEffects: number;
  /** Fenced effects of former owners that were refused. */
  readonly refused: number;
}

/**
 * Judges a run by what the store and the queue show, and by the effects: every message is completed, or failed with a
 * recorded reason that something in it or done to it explains; what was promised is not lost; and no message's history shows
 * what `auditMessage` forbids. And no process says without a reason that a request did not arrive in time.
 */
export function audit(evidence: Evidence): Verdict {
  const { sent, applied, stored, freezes } = evidence;
  const violations: Violation[] = [];
  const totals = { completed: 0, failed: 0, neverThere: 0, executions: 0, takeovers: 0, lateEffects: 0, refused: 0 };
  const deadLettered = Map.groupBy(evidence.queue.deadLettered, ({ messageId }) => nameOfBrokerId(messageId));

  for (const messageId of new Set([...sent.keys(), ...applied.keys(), ...stored.keys(), ...deadLettered.keys()])) {
    const tell = (what: string) => violations.push({ messageId, what });
    const message = sent.get(messageId);
    const history = applied.get(messageId) ?? [];
    const { violations: found, last, isFailedOnce, counts } = auditMessage(history, message?.steps ?? [], freezes);
    for (const what of found) tell(what);
    for (const [name, count] of Object.entries(counts)) totals[name as keyof typeof counts] += count;

    if (message === undefined) tell('nobody sent it');
    else if (last === undefined && !message.isAccepted) totals.neverThere += 1;
    else for (const what of unended(message, last)) tell(what);
    if (last?.state === 'completed') totals.completed += 1;
    if (last?.state === 'failed') totals.failed += 1;

    for (const { deadLetterReason: reason } of deadLettered.get(messageId) ?? []) {
      const isRecorded = reason === 'MessageFailedError' && isFailedOnce;
      // Its last settlements got lost: the broker gave it up, and its lock says what became of it.
      const isGivenUp = reason === 'MaxDeliveryCountExceeded' && last?.state === 'completed';
      if (!isRecorded && !isGivenUp) tell(`it was dead-lettered as ${reason}, and its lock is ${last?.state}`);
    }
    if (last?.state === 'failed' && !deadLettered.has(messageId))
      tell('it failed, and is not in the dead-letter queue');
    for (const what of unlike(history, stored.get(messageId))) tell(what);
  }
  for (const place of ['active', 'locked', 'deferred', 'scheduled'] as const) {
    for (const { messageId } of evidence.queue[place])
      violations.push({ messageId: nameOfBrokerId(messageId), what: `it is still ${place}` });
  }
  for (const timedOut of evidence.timedOut) {
    if (!freezes.some((freeze) => stopped(freeze, timedOut)))
      violations.push({
        messageId: timedOut.messageId,
        what: 'a process answered 408, and neither it nor the machine stood still meanwhile',
      });
  }
  violations.push(...auditSessions(evidence));
  return { violations, ...totals };
}

/**
 * Whether this is why a request did not arrive in time. A process that stands still takes nothing in, and when it goes on it may
 * find that the time for a request is over before it finds the rest of it. To send it again is safe: what was not taken in was
 * not put on the queue, and it has its key.
 */
const stopped = (freeze: Freeze, { pid, from, to }: TimedOut): boolean =>
  (freeze.pid === pid || freeze.pid === 'all') && freeze.from <= to && freeze.to >= from;

/** What the broker calls an event is the name of its work, which has `~~` in it; what it calls another message, its ID. */
const nameOfBrokerId = (messageId: string): string => (messageId.includes('~~') ? messageId : escapeId(messageId));

function* unended({ steps }: SentMessage, last: LockRecord | undefined): Iterable<string> {
  if (last === undefined) yield 'it was accepted, and lost';
  else if (last.state === 'held' || last.state === 'released') yield `its work did not end: its lock is ${last.state}`;
  else if (last.state === 'failed' && !isExplained(last, steps))
    yield `it failed for no known reason: ${last.lastError}`;
}

/** Whether the recorded reason is one that its script, or so many faults, can bring about. */
function isExplained({ lastError, attempt, crashes }: LockRecord, steps: readonly PlannedStep[]): boolean {
  const error = lastError ?? '';
  const named = steps.find(({ name }) => error.includes(name));
  if (error.includes('fails for good, as scripted')) return named?.permanent === true;
  if (error.includes('in a row ended without a last word')) return crashes >= 5;
  if (/attempts are used up|\(attempt \d+, the last\)/.test(error)) return attempt >= mostAttempts;
  if (error.includes('It runs at most once, so it is not run again')) return named?.atMostOnce === true;
  return error.includes('(on the last permitted delivery)');
}

/** The run's MAX_ATTEMPTS. */
export const mostAttempts = 20;

/** Whether the writes that were seen are all that there were. */
function* unlike(history: readonly Applied[], stored: StoredAtLast | undefined): Iterable<string> {
  const version = history.findLast((write) => write.kind === 'lock')?.version;
  if (version !== stored?.lockVersion)
    yield `its lock is stored as ${stored?.lockVersion}, but was last written as ${version}`;
  const seen = history.flatMap((write) => (write.kind === 'effect' ? [JSON.stringify(write.line)] : []));
  const kept = stored?.effects.map((line) => JSON.stringify(line)) ?? [];
  if (seen.join('\n') !== kept.join('\n')) yield `its effects are stored as ${kept}, but were written as ${seen}`;
}
