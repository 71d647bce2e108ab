import { randomBytes } from 'node:crypto';
import { Transaction } from '../broker/transaction.ts';
import type { AmqpError } from './answer.ts';
import type { RheaReceiver, RheaSession } from './rhea-internals.ts';

/** A transaction of a client, and the link on which it was declared. */
export interface ClientTransaction {
  readonly id: Buffer;
  readonly link: RheaReceiver;
  readonly work: Transaction;
  /** The entity that all of it is about. */
  entity: string | undefined;
}

/** What a client does in a transaction. */
export interface TransactionalUse {
  readonly entity: string;
  readonly session: RheaSession;
  readonly isSend: boolean;
}

/**
 * The transactions of a connection that have been declared and not discharged. All of one is about one queue, or one topic
 * with its subscriptions. A client that has all its links in the coordinator's session may send to others too: then the
 * entity is that of its first link. Source: Microsoft documentation "Overview of Service Bus transaction processing" and
 * the .NET library's about `EnableCrossEntityTransactions`.
 */
export class ClientTransactions {
  readonly #transactions = new Map<string, ClientTransaction>();
  readonly #firstEntities = new WeakMap<RheaSession, string>();

  /** To be called for each link to an entity. */
  onLink(session: RheaSession, entity: string): void {
    if (!this.#firstEntities.has(session)) this.#firstEntities.set(session, topOf(entity));
  }

  declare(link: RheaReceiver): Buffer {
    const id = randomBytes(16);
    this.#transactions.set(id.toString('hex'), { id, link, work: new Transaction(), entity: undefined });
    return id;
  }

  /** Forgets a transaction, as if nothing had been done in it, and hands it out. */
  take(id: Buffer): ClientTransaction | undefined {
    const key = id.toString('hex');
    const transaction = this.#transactions.get(key);
    this.#transactions.delete(key);
    return transaction;
  }

  /** The transaction with this ID, unless it is not there or not for this. */
  find(id: Buffer, { entity, session, isSend }: TransactionalUse): ClientTransaction | AmqpError {
    const transaction = this.#transactions.get(id.toString('hex'));
    if (transaction === undefined) return unknownTransaction;
    const isShared = session === transaction.link.session;
    transaction.entity ??= isShared ? this.#firstEntities.get(session) : topOf(entity);
    const isWithin = topOf(entity) === transaction.entity || (isSend && isShared);
    return isWithin ? transaction : otherEntity(entity, transaction.entity ?? '');
  }

  /** Forgets those that were declared on a link. */
  endLink(ended: RheaReceiver): void {
    for (const { id, link } of this.#transactions.values()) if (link === ended) this.take(id);
  }
}

const topOf = (path: string): string => path.toLowerCase().replace(/\/(?:subscriptions\/|\$deadletterqueue).*$/, '');

/** Source of the conditions: AMQP 1.0 part 4, section 4.5.8. */
export const unknownTransaction: AmqpError = {
  condition: 'amqp:transaction:unknown-id',
  description: 'There is no such transaction. It has ended, or was declared on another connection.',
};

export const rolledBack: AmqpError = {
  condition: 'amqp:transaction:rollback',
  description: 'The transaction was rolled back: a lock that it needs has ended before it was committed.',
};

const otherEntity = (entity: string, first: string): AmqpError => ({
  condition: 'amqp:not-allowed',
  description: `The transaction is about ${first}: what is done with ${entity} cannot be part of it. With EnableCrossEntityTransactions a client may send to others than the entity that it used first.`,
});
