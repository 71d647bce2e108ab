import type { EventContext } from 'rhea';
import type { Faulty } from '../faults.ts';
import type { ClientTransactions } from './client-transactions.ts';
import type { RheaLink } from './rhea-internals.ts';

/** What a link needs of the connection that it is on. */
export interface LinkOwner extends Faulty {
  readonly transactions: ClientTransactions;
  /** Listens to an event of a link. An error of the listener is logged and ends the connection. */
  listen(link: RheaLink, event: string, listener: (context: EventContext) => void): void;
  /** Whether so much waits for the client to be read that no more messages are to be added. */
  isCongested(): boolean;
  /** A message of this many bytes is about to be written. */
  willWrite(bytes: number): void;
}
