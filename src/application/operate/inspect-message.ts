import { isExpired } from '../../domain/lock-record.ts';
import { openSteps } from '../../domain/operator-decisions.ts';
import { after, age, durationMs, remaining, type StoreTime } from '../../domain/time.ts';
import { graceOf } from '../../domain/ttl.ts';
import type { MessageIdentity } from '../../domain/work-key.ts';
import { readInBudget } from '../lock/owned-write.ts';
import type { StoredLock } from '../ports/lock-store.ts';
import { type OperatorPorts, subjectOf } from './operator-ports.ts';

/** What comes next for a message if nobody does anything. */
export type WhatIsNext =
  /** Its owner goes on; if it writes no more, the next delivery takes over after `at`. */
  | { readonly kind: 'owner-works'; readonly at: StoreTime }
  /** The next delivery takes over, from `at` on. */
  | { readonly kind: 'delivery-takes-over'; readonly at: StoreTime }
  /** Nothing, until it is sent anew or re-driven. */
  | { readonly kind: 'nothing' }
  /** Its work is done. Duplicates are skipped as long as the lock is kept. */
  | { readonly kind: 'done' };

export interface InspectedMessage {
  readonly stored: StoredLock;
  readonly next: WhatIsNext;
  /** The places of its steps that a person has to answer for. */
  readonly openSteps: readonly number[];
}

/** Shows all that the lock of one message says. */
export class InspectMessage {
  readonly #ports: Omit<OperatorPorts, 'ids' | 'who' | 'host'>;

  constructor(ports: Omit<OperatorPorts, 'ids' | 'who' | 'host'>) {
    this.#ports = ports;
  }

  /** Undefined without a lock: the message is not taken up yet, its lock was deleted, or there never was one. */
  async run(message: MessageIdentity): Promise<InspectedMessage | undefined> {
    const stored = await readInBudget(this.#ports, subjectOf(this.#ports, message));
    return stored && { stored, next: nextOf(stored), openSteps: openSteps(stored.record) };
  }
}

function nextOf(stored: StoredLock): WhatIsNext {
  const { record, writtenAt, observedAt } = stored;
  switch (record.state) {
    case 'held': {
      const at = after(writtenAt, durationMs(record.ttlMs + graceOf(record.ttlMs)));
      return isExpired(stored) ? { kind: 'delivery-takes-over', at: observedAt } : { kind: 'owner-works', at };
    }
    case 'released':
      return {
        kind: 'delivery-takes-over',
        at: after(observedAt, remaining(record.retryAfterMs, age(writtenAt, observedAt))),
      };
    case 'failed':
      return { kind: 'nothing' };
    case 'completed':
      return { kind: 'done' };
  }
}
