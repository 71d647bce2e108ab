import type { Queue } from '../broker/queue.ts';
import type { Settlement } from '../broker/settlement.ts';
import { type Faulty, pointOf } from '../faults.ts';

/** Settles a delivery, unless a fault is wanted here. Says what the client is to be told, if anything. */
export function settle(
  queue: Queue,
  lockToken: string,
  settlement: Settlement,
  { faults, cut }: Faulty,
): 'settled' | 'lock-lost' | 'no-answer' {
  const message = queue.locked(lockToken);
  if (message === undefined) return 'lock-lost';
  const fault = faults.onSettle?.({ ...pointOf(queue, message), settlement: settlement.kind });
  switch (fault) {
    case 'end-lock':
      queue.endLock(lockToken);
      return 'lock-lost';
    case 'ignore':
      return 'no-answer';
    case 'cut':
      cut();
      return 'no-answer';
    case 'apply-and-cut':
      cut(); // first, or a message that is given back would go out again on this connection
      queue.settle(lockToken, settlement);
      return 'no-answer';
    case 'apply-and-ignore':
      queue.settle(lockToken, settlement);
      return 'no-answer';
    case undefined:
      return queue.settle(lockToken, settlement);
  }
}
