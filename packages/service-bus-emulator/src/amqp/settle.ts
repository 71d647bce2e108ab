import type { Queue } from '../broker/queue.ts';
import type { Settlement } from '../broker/settlement.ts';
import type { Transaction } from '../broker/transaction.ts';
import { type Faulty, pointOf } from '../faults.ts';

/** Settles a delivery, at once or with a transaction, unless a fault is wanted here. Says what the client is to be told, if anything. */
export function settle(
  queue: Queue,
  lockToken: string,
  settlement: Settlement,
  { faults, cut }: Faulty,
  transaction?: Transaction,
): 'settled' | 'lock-lost' | 'no-answer' {
  const apply = () => transaction?.settle(queue, lockToken, settlement) ?? queue.settle(lockToken, settlement);
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
      apply();
      return 'no-answer';
    case 'apply-and-ignore':
      apply();
      return 'no-answer';
    case undefined:
      return apply();
  }
}
