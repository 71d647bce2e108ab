import { InMemoryLockStore } from '../../src/adapters/in-memory/in-memory-lock-store.ts';
import { ManualClock } from '../../src/adapters/in-memory/manual-clock.ts';
import { AwaitStatusChange } from '../../src/application/await-status-change.ts';
import { GetMessageStatus } from '../../src/application/get-message-status.ts';
import { lockDocument } from '../../src/domain/lock-document.ts';
import type { LockRecord } from '../../src/domain/lock-record.ts';
import { delivery } from './deliveries.ts';
import { heldBy, lockOf } from './lock-records.ts';

export const { key } = delivery();

/** Those who tell of a message, and a store in which its lock can be planted. */
export function statusOf() {
  const clock = new ManualClock();
  const store = new InMemoryLockStore({ writeClock: () => clock.wallTime() });
  const getMessageStatus = new GetMessageStatus(store, lockOf);
  const plant = (changes: Partial<LockRecord> = {}) => store.plant(lockOf(key), lockDocument(heldBy('a', changes)));
  return { clock, plant, getMessageStatus, awaitStatusChange: new AwaitStatusChange(getMessageStatus, clock) };
}
