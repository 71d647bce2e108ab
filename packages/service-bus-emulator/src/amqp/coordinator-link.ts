import type { EventContext } from 'rhea';
import { type AmqpError, accepted, answer, rejected } from './answer.ts';
import { type ClientTransactions, rolledBack, unknownTransaction } from './client-transactions.ts';
import { CreditWindow } from './credit-window.ts';
import type { LinkOwner } from './link-owner.ts';
import type { Outcome, RheaDelivery, RheaReceiver } from './rhea-internals.ts';
import { type CoordinatorRequest, declared, readCoordinatorRequest } from './transactional-state.ts';

/** A link on which a client declares transactions, and commits them or rolls them back. */
export class CoordinatorLink {
  readonly #link: RheaReceiver;
  readonly #transactions: ClientTransactions;
  readonly #credit: CreditWindow;

  /** `link` is rhea's receiving side of it. */
  constructor(link: RheaReceiver, transactions: ClientTransactions, owner: LinkOwner) {
    this.#link = link;
    this.#transactions = transactions;
    this.#credit = new CreditWindow(link);
    owner.listen(link, 'message', (context) => this.#onRequest(context));
  }

  /** What was declared on it and not committed is rolled back. */
  end(): void {
    this.#transactions.endLink(this.#link);
  }

  #onRequest({ message, delivery }: EventContext): void {
    this.#credit.use();
    answer(delivery as RheaDelivery, this.#carryOut(tryRead(message as unknown as Buffer)));
  }

  #carryOut(request: CoordinatorRequest | undefined): Outcome {
    if (request === undefined) return rejected(notUnderstood);
    if (request.kind === 'declare') return declared(this.#transactions.declare(this.#link));
    const transaction = this.#transactions.take(request.transactionId);
    if (transaction === undefined) return rejected(unknownTransaction);
    if (request.isFailed) return accepted;
    return transaction.work.commit() === 'committed' ? accepted : rejected(rolledBack);
  }
}

function tryRead(message: Buffer): CoordinatorRequest | undefined {
  try {
    return readCoordinatorRequest(message);
  } catch {
    return undefined;
  }
}

const notUnderstood: AmqpError = {
  condition: 'amqp:not-implemented',
  description: 'The coordinator is asked to declare or to discharge a transaction, and nothing else.',
};
