import { compareFingerprints, type Fingerprint } from '../domain/fingerprint.ts';
import type { LockName } from '../domain/lock-name.ts';
import { decide } from '../domain/lock-policy.ts';
import type { Message } from '../domain/message.ts';
import { seconds } from '../domain/time.ts';
import type { WorkKey } from '../domain/work-key.ts';
import type { Clock } from './ports/clock.ts';
import type { LockStore, StoredLock } from './ports/lock-store.ts';
import { within } from './time/deadline.ts';

export interface SubmissionCheckPorts {
  readonly store: LockStore;
  readonly clock: Clock;
  readonly lockNameOf: (key: WorkKey) => LockName;
  readonly fingerprintOf: (message: Message) => Fingerprint;
}

/** What is known of a message before it is sent. */
export type SubmissionVerdict =
  /** Nothing that speaks against sending it. */
  | { readonly kind: 'sendable' }
  /** The key belongs to other content. */
  | { readonly kind: 'mismatch' }
  /** The work of this very message failed for good, with this error. */
  | { readonly kind: 'failed'; readonly lastError: string | null };

/**
 * Tells a sender early what the queue side knows: that a message belongs to other content, or has failed for good. It asks the
 * store once and for a moment only. Without an answer nothing is known, and the message is sent: the queue side decides then.
 */
export class SubmissionCheck {
  readonly #ports: SubmissionCheckPorts;

  constructor(ports: SubmissionCheckPorts) {
    this.#ports = ports;
  }

  async run(message: Message, key: WorkKey): Promise<SubmissionVerdict> {
    const stored = await this.#read(key);
    if (stored === undefined) return { kind: 'sendable' };
    const fingerprint = this.#ports.fingerprintOf(message);
    const { id: messageId, source } = key;
    const { kind } = decide(stored, { messageId, source, fingerprint, physical: notYetOnTheQueue });
    if (kind === 'mismatch') return { kind };
    // A corrected content may be sent in the place of one that failed before any step was begun.
    const isCorrected = compareFingerprints(stored.record.fingerprint, fingerprint) === 'different';
    if (stored.record.state !== 'failed' || isCorrected) return { kind: 'sendable' };
    return { kind: 'failed', lastError: stored.record.lastError };
  }

  async #read(key: WorkKey): Promise<StoredLock | undefined> {
    const { store, clock, lockNameOf } = this.#ports;
    const reading = store.read(lockNameOf(key)).catch(() => undefined);
    const read = await within(clock, readLimitMs, reading);
    return read === 'late' ? undefined : read;
  }
}

/** A healthy store answers in a few milliseconds. */
const readLimitMs = seconds(1);

/** It will be a new physical message, whatever the lock knows. */
const notYetOnTheQueue = { sequenceNumber: 'none', enqueuedTime: 'none' };
