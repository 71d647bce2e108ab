import type { Transaction } from '../broker/transaction.ts';
import type { LinkOwner } from './link-owner.ts';

/** Who makes a request, and what it is to be part of. */
export interface Requester {
  readonly owner: LinkOwner;
  readonly transaction: Transaction | undefined;
}
