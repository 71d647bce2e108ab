import { compareFingerprints, type Fingerprint } from '../../domain/fingerprint.ts';
import { tokenOf } from '../../domain/lock-record.ts';
import type { LockEvent, LockEventBody, LockSubject } from '../ports/lock-events.ts';
import type { Span } from '../ports/telemetry/tracing.ts';
import type { Acquisition } from './acquire-lock.ts';

/** What to tell of an acquisition, or of why there was none, with the store's times behind it. */
export function acquisitionEvents(
  subject: LockSubject,
  claimed: Fingerprint,
  acquisition: Acquisition,
): readonly LockEvent[] {
  const seen = acquisition.kind === 'acquired' ? acquisition.takenOver?.stored : acquisition.stored;
  const events: LockEvent[] = [{ ...subject, ...decided(acquisition) }];
  if (seen !== undefined && compareFingerprints(seen.record.fingerprint, claimed) === 'unknown') {
    events.unshift({ ...subject, kind: 'not-compared', stored: seen.record.fingerprint, claimed });
  }
  return events;
}

/** What came of a claim, on its spans. Whoever takes over is linked to the span of the owner before, which may have crashed. */
export function tellAcquisition(
  { span, acquiring }: { readonly span: Span; readonly acquiring: Span },
  acquisition: Acquisition,
): void {
  if (acquisition.kind !== 'acquired') {
    acquiring.set({ decision: acquisition.kind });
    return;
  }
  const { lock, takenOver } = acquisition;
  const { attempt } = lock.record;
  const decision = takenOver === undefined ? 'create' : 'takeover';
  acquiring.set({ decision, takeoverCause: takenOver?.cause, attempt, fencingToken: tokenOf(lock) });
  span.set({ attempt });
  const traceparent = takenOver?.stored.record.traceparent;
  if (traceparent !== undefined) span.link({ traceparent });
}

function decided(acquisition: Acquisition): LockEventBody {
  switch (acquisition.kind) {
    case 'acquired':
      return acquired(acquisition);
    case 'skip': {
      const { record, writtenAt } = acquisition.stored;
      return { kind: 'skipped', completedBy: record.owner, completedAt: writtenAt };
    }
    case 'reject': {
      const { record, observedAt } = acquisition.stored;
      return { kind: 'rejected', until: acquisition.until, observedAt, activeOwner: record.owner };
    }
    case 'mismatch':
      return { kind: 'mismatch', state: acquisition.stored.record.state };
    case 'refuse':
      return { kind: 'refused', lastError: acquisition.lastError };
  }
}

function acquired({ lock, takenOver }: Acquisition & { kind: 'acquired' }): LockEventBody {
  const { owner, attempt } = lock.record;
  if (takenOver === undefined) return { kind: 'created', owner, attempt, writtenAt: lock.writtenAt };
  const { record, writtenAt, observedAt } = takenOver.stored;
  return {
    kind: 'taken-over',
    owner,
    attempt,
    cause: takenOver.cause,
    previousOwner: record.owner,
    writtenAt,
    observedAt,
  };
}
