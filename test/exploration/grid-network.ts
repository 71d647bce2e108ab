import { LockStoreError } from '../../src/application/ports/lock-store.ts';
import type { LockLedger } from './lock-ledger.ts';
import { apply, leaveUnanswered, type Open, Outbox, type Request } from './requests.ts';

/** The requests of all processes of a grid cell, which are served as the cell says. */
export class GridNetwork {
  /** In the order in which they were sent. */
  readonly pending: Open[] = [];
  /** Requests whose senders learn no more of them. */
  readonly late: Request[] = [];
  readonly #ledger: LockLedger;
  /** What the store has answered, where that has not arrived. */
  readonly #answers = new Map<Open, unknown>();

  constructor(ledger: LockLedger) {
    this.#ledger = ledger;
  }

  outboxOf(sender: string): Outbox {
    return new Outbox(sender, () => this.#ledger.now, this.pending);
  }

  serve(open: Open): void {
    this.apply(open);
    this.answerWith(open, this.#answers.get(open));
  }

  /** Applied, but its answer is on its way. */
  apply(open: Open): void {
    if (!this.#answers.has(open)) this.#answers.set(open, this.applyOnce(open));
  }

  /** Applied, and nothing is kept of the answer. */
  applyOnce = ({ request }: Open): unknown => apply(this.#ledger, request);

  /** The sender gets this answer, whatever the store has done. */
  answerWith(open: Open, answer: unknown): void {
    this.#forget(open);
    open.resolve(answer);
  }

  /** The sender is refused. Nothing is done. */
  refuse(open: Open, why: string): void {
    this.#forget(open);
    open.reject(new LockStoreError(why, { isTransient: true }));
  }

  leaveUnanswered(open: Open): void {
    this.#forget(open);
    this.late.push(open.request);
    leaveUnanswered(open);
  }

  /** The sender is gone. What it sent is still on its way. */
  abandon(sender: string): void {
    for (const open of this.pending.filter((each) => each.sender === sender)) {
      this.#forget(open);
      if (!this.#answers.has(open)) this.late.push(open.request);
    }
  }

  /** The first of those that are late arrives; false if there is none. */
  land(): boolean {
    const request = this.late.shift();
    if (request !== undefined) apply(this.#ledger, request);
    return request !== undefined;
  }

  #forget(open: Open): void {
    this.pending.splice(this.pending.indexOf(open), 1);
  }
}
