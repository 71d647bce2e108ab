import type { LockEvent, LockEvents } from '../../application/ports/lock-events.ts';
import { fileNameOf } from '../../domain/lock-name.ts';
import type { StoreTime } from '../../domain/time.ts';
import { rfc3339 } from '../../domain/utc-text.ts';
import { identityText } from '../../domain/work-key.ts';
import type { Log, LogLevel } from './log.ts';
import { traceFacts } from './trace-facts.ts';

/** Lock events as lines of a log. A lock that is active or completed is what duplicates meet: no error, no warning. */
export class LoggedLockEvents implements LockEvents {
  readonly #log: Log;
  readonly #next: LockEvents | undefined;

  /** `next` is told after the log. */
  constructor(log: Log, next?: LockEvents) {
    this.#log = log;
    this.#next = next;
  }

  emit(event: LockEvent): void {
    const { kind, lock, span, requests: _, ...facts } = event;
    this.#log(levels[kind], sentence(event), { event: kind, lock, ...readable(facts), ...traceFacts(span?.context) });
    this.#next?.emit(event);
  }
}

const levels: Readonly<Record<LockEvent['kind'], LogLevel>> = {
  created: 'info',
  'taken-over': 'info',
  rejected: 'info',
  'store-trouble': 'warn',
  skipped: 'info',
  refused: 'warn',
  mismatch: 'warn',
  'not-compared': 'warn',
  'ambiguous-resolved': 'info',
  completed: 'info',
  released: 'warn',
  failed: 'error',
  'not-released': 'warn',
  'heartbeat-failed': 'warn',
  'clock-disagreement': 'warn',
  'step-done': 'info',
  'step-replayed': 'info',
  swept: 'info',
  'released-by-operator': 'warn',
  'answered-by-operator': 'warn',
  redriven: 'info',
  'dead-letter-completed': 'info',
  lost: 'warn',
};

function sentence(event: LockEvent): string {
  const subject = `Message ${identityText({ id: event.messageId, source: event.source })}`;
  switch (event.kind) {
    case 'created':
      return `${subject}: lock ${fileNameOf(event.lock)} created, the work starts.`;
    case 'taken-over':
      return `${subject}: lock taken over (${event.cause}), attempt ${event.attempt} starts.`;
    case 'rejected':
      return `${subject}: the lock is active until ${rfc3339(event.until)}, not processed by this delivery.`;
    case 'store-trouble':
      return `${subject}: the lock store is unavailable; retrying for up to ${event.waitMs} ms: ${event.cause}`;
    case 'skipped':
      return `${subject}: already completed, this duplicate is skipped.`;
    case 'refused':
      return `${subject}: failed for good before, not tried again.`;
    case 'mismatch':
      return `${subject}: the ID belongs to a message with other content, not processed.`;
    case 'not-compared':
      return `${subject}: the content could not be compared, the lock's fingerprint is of a kind unknown here.`;
    case 'ambiguous-resolved':
      return `${subject}: an unclear answer of the store was resolved, the lock is ${event.isOurs ? 'ours' : 'not ours'}.`;
    case 'completed':
      return `${subject}: completed, the lock is ${event.isKept ? 'kept as completed' : 'deleted'}.`;
    case 'released':
      return event.lastError === null
        ? `${subject}: attempt ${event.attempt} given up, released for the next at once.`
        : `${subject}: attempt ${event.attempt} failed, released for the next in ${event.retryAfterMs} ms: ${event.lastError}`;
    case 'failed':
      return `${subject}: failed for good in attempt ${event.attempt}: ${event.lastError}`;
    case 'not-released':
      return `${subject}: the attempt failed and its lock could not be released, it will expire: ${event.cause}`;
    case 'lost':
      return `${subject}: the lock was lost ${event.how}.`;
    case 'heartbeat-failed':
      return `${subject}: the lock could not be renewed, it is tried again: ${event.cause}`;
    case 'clock-disagreement':
      return `${subject}: the store's clocks disagree, the work starts ${event.waitMs} ms later.`;
    case 'step-done':
      return `${subject}: step ${event.step} done.`;
    case 'step-replayed':
      return `${subject}: step ${event.step} was done before, its result is replayed.`;
    case 'released-by-operator':
      return `${subject}: the ${event.from} lock was released by ${event.who}, for the next owner in ${event.retryAfterMs} ms: ${event.reason}`;
    case 'answered-by-operator':
      return `${subject}: step ${event.step} is ${event.answer === 'done' ? 'done' : 'not done'}, says ${event.who}: ${event.reason}`;
    case 'redriven':
      return `${subject}: dead letter ${event.sequenceNumber} (${event.verdict}) was put back on its queue by ${event.who}: ${event.reason}`;
    case 'dead-letter-completed':
      return `${subject}: dead letter ${event.sequenceNumber} (${event.verdict}) was removed by ${event.who}: ${event.reason}`;
    case 'swept':
      return `${subject}: the ${event.state} lock is past its retention, deleted.`;
  }
}

const storeTimes = ['until', 'writtenAt', 'previousWrittenAt', 'observedAt', 'completedAt'];

function readable(facts: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const shown: Record<string, unknown> = { ...facts };
  for (const name of storeTimes) if (name in shown) shown[name] = rfc3339(shown[name] as StoreTime);
  return shown;
}
