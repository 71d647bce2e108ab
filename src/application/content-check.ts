import type { Fingerprint } from '../domain/fingerprint.ts';
import type { LockName } from '../domain/lock-name.ts';
import { decide } from '../domain/lock-policy.ts';
import type { Message } from '../domain/message.ts';
import type { MessageId } from '../domain/message-id.ts';
import { seconds } from '../domain/time.ts';
import type { Clock } from './ports/clock.ts';
import type { LockStore, StoredLock } from './ports/lock-store.ts';
import { within } from './time/deadline.ts';

export interface ContentCheckPorts {
  readonly store: LockStore;
  readonly clock: Clock;
  readonly lockNameOf: (id: MessageId) => LockName;
  readonly fingerprintOf: (message: Message) => Fingerprint;
}

/**
 * Tells a sender early what the queue side would find later: that an ID belongs to other content. It asks the store once
 * and for a moment only. Without an answer nothing is known, and the message is sent: the queue side refuses it then.
 */
export class ContentCheck {
  readonly #ports: ContentCheckPorts;

  constructor(ports: ContentCheckPorts) {
    this.#ports = ports;
  }

  /** Whether the lock of the message's ID can be read, and belongs to other content. */
  async belongsToOther(message: Message): Promise<boolean> {
    const stored = await this.#read(message.id);
    if (stored === undefined) return false;
    const fingerprint = this.#ports.fingerprintOf(message);
    return decide(stored, { messageId: message.id, fingerprint, physical: notYetOnTheQueue }).kind === 'mismatch';
  }

  async #read(id: MessageId): Promise<StoredLock | undefined> {
    const { store, clock, lockNameOf } = this.#ports;
    const reading = store.read(lockNameOf(id)).catch(() => undefined);
    const read = await within(clock, readLimitMs, reading);
    return read === 'late' ? undefined : read;
  }
}

/** A healthy store answers in a few milliseconds. */
const readLimitMs = seconds(1);

/** It will be a new physical message, whatever the lock knows. */
const notYetOnTheQueue = { sequenceNumber: 'none', enqueuedTime: 'none' };
