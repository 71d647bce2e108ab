import { randomUUID } from 'node:crypto';
import type { EventContext, Typed } from 'rhea';
import type { ReceiveMode } from '../broker/consumer.ts';
import type { Queue } from '../broker/queue.ts';
import type { SessionConsumer } from '../broker/sessions/session.ts';
import type { Settlement } from '../broker/settlement.ts';
import type { StoredMessage } from '../broker/stored-message.ts';
import { pointOf } from '../faults.ts';
import { type AmqpError, accepted, answer, answerForNow, isError, modified, rejected, released } from './answer.ts';
import type { ClientTransaction } from './client-transactions.ts';
import type { LinkOwner } from './link-owner.ts';
import { deliveryTagOf, lockTokenOf } from './lock-token.ts';
import { typedFields } from './plain.ts';
import { lockLostIn, sessionLockLost } from './refusals.ts';
import { frames, type Outcome, type RheaDelivery, type RheaSender, type RheaSession } from './rhea-internals.ts';
import { settle } from './settle.ts';
import { transactional } from './transactional-state.ts';

/** A link on which a client receives from a queue: credit, deliveries, drain, settlements. */
export class ReceiverLink implements SessionConsumer {
  readonly queue: Queue;
  readonly receiveMode: ReceiveMode;
  readonly holder: LinkOwner;
  readonly #link: RheaSender;
  readonly #session: RheaSession;
  readonly #owner: LinkOwner;
  /** What the link's delivery-count will be once rhea has written every delivery it was given. */
  #deliveryCount = 0;
  #isDraining = false;
  #isSilent = false;
  #hasEnded = false;

  /** `link` is rhea's sending side of it. */
  constructor(link: RheaSender, queue: Queue, owner: LinkOwner) {
    this.queue = queue;
    this.receiveMode = link.snd_settle_mode === 1 ? 'receiveAndDelete' : 'peekLock';
    this.#link = link;
    this.#session = link.session as RheaSession;
    this.holder = owner;
    this.#owner = owner;
    const on = (event: string, listener: (context: EventContext) => void) => owner.listen(link, event, listener);
    on('sender_flow', () => this.#setDraining(false)); // followed by the next one, if it says drain
    on('sender_draining', () => this.#setDraining(true));
    on('sendable', () => this.onRoom());
    on('accepted', ({ delivery }) => this.#settle(delivery, { kind: 'complete' }, accepted));
    on('released', ({ delivery }) => this.#settle(delivery, { kind: 'release' }, released));
    on('modified', ({ delivery }) => this.#onModified(delivery));
    on('rejected', ({ delivery }) => this.#onRejected(delivery));
  }

  end(): void {
    this.#hasEnded = true;
    this.queue.leave(this);
  }

  detach(error: AmqpError): void {
    this.end();
    this.#link.close(error);
  }

  onSessionLockLost(): void {
    this.detach(sessionLockLost);
  }

  /** To be called when there may be more credit, or the session may take more, than before. */
  onRoom(): void {
    if (this.#hasEnded) return;
    this.queue.wait(this);
    // rhea writes what it was given at the end of this tick. The answer to a drain must come after that.
    if (this.#isDraining) process.nextTick(() => this.#answerDrain());
  }

  /** Whether rhea will write another delivery in this tick: what it cannot write it would keep, locked for nobody. */
  hasRoom(): boolean {
    const { outgoing } = this.#session;
    const unwritten = outgoing.next_delivery_id - outgoing.next_pending_delivery;
    const credit = this.#link.credit + this.#link.delivery_count - this.#deliveryCount;
    return (
      !this.#hasEnded &&
      !this.#isSilent &&
      credit > 0 &&
      !this.#owner.isCongested() &&
      outgoing.available() > 0 &&
      outgoing.transfer_window() > unwritten
    );
  }

  deliver(message: StoredMessage): void {
    const { lock } = message;
    const fault = lock && this.#owner.faults.onDelivery?.(pointOf(this.queue, message));
    if (fault === 'withhold') {
      // What comes later in its session would come before it.
      this.#isSilent = this.queue.sessions !== undefined;
      return;
    }
    const bytes = message.encode();
    this.#owner.willWrite(bytes.length);
    this.#link.send(bytes, deliveryTagOf(lock?.token ?? randomUUID()), 0);
    this.#deliveryCount += 1;
    if (fault === 'end-lock' && lock !== undefined) this.queue.endLock(lock.token);
  }

  #setDraining(isDraining: boolean): void {
    this.#isDraining = isDraining;
  }

  /**
   * A drain is answered also when no credit is left, because the last message crossed it on the wire: the SDK waits for
   * the answer, and without it closes the link. rhea answers only if there is credit. AMQP 1.0 part 2, section 2.6.7.
   */
  #answerDrain(): void {
    const link = this.#link;
    const isAllWritten = link.delivery_count === this.#deliveryCount;
    if (this.#hasEnded || !this.#isDraining || !isAllWritten) return;
    this.#isDraining = false;
    link.delivery_count += link.credit;
    link.credit = 0;
    this.#deliveryCount = link.delivery_count;
    const { incoming, outgoing } = this.#session;
    this.#session.output(
      frames.flow({
        next_incoming_id: incoming.next_transfer_id,
        incoming_window: incoming.window,
        next_outgoing_id: outgoing.next_transfer_id,
        outgoing_window: outgoing.window,
        handle: link.local.handle,
        delivery_count: link.delivery_count,
        link_credit: 0,
        drain: true,
      }),
    );
  }

  #onModified(delivery: EventContext['delivery']): void {
    const [, undeliverableHere, annotations] = fieldsOf(delivery?.remote_state);
    const properties = typedFields(annotations);
    const isDeferred = undeliverableHere?.value === true;
    this.#settle(delivery, { kind: isDeferred ? 'defer' : 'abandon', properties }, modified(isDeferred));
  }

  #onRejected(delivery: EventContext['delivery']): void {
    const [error] = fieldsOf(delivery?.remote_state);
    const [, , info] = fieldsOf(error);
    const { DeadLetterReason, DeadLetterErrorDescription, ...properties } = typedFields(info);
    const cause = { reason: textIn(DeadLetterReason), description: textIn(DeadLetterErrorDescription) };
    // The answer is bare: an error in it, also the client's own, would tell the SDK that dead-lettering failed.
    this.#settle(delivery, { kind: 'deadLetter', ...cause, properties }, rejected());
  }

  #settle(settled: EventContext['delivery'], settlement: Settlement, outcome: Outcome): void {
    if (this.#hasEnded) return;
    const delivery = settled as RheaDelivery;
    const { transactionId } = delivery;
    const use = { entity: this.queue.name, session: this.#session, isSend: false };
    const transaction = transactionId && this.#owner.transactions.find(transactionId, use);
    if (transaction !== undefined && isError(transaction)) {
      answer(delivery, rejected(transaction));
      return;
    }
    const token = lockTokenOf(delivery.tag as Buffer);
    const result = settle(this.queue, token, settlement, this.#owner, transaction?.work);
    if (result === 'no-answer') return;
    if (result === 'lock-lost') answer(delivery, rejected(lockLostIn(this.queue)));
    else if (transaction === undefined) answer(delivery, outcome);
    else this.#answerIn(transaction, delivery, outcome);
  }

  /** It is settled with the transaction, unless the client does so before. Rolled back, the client can settle it anew. */
  #answerIn({ id, work }: ClientTransaction, delivery: RheaDelivery, outcome: Outcome): void {
    if (delivery.remote_settled) {
      answer(delivery, transactional(id, outcome));
      return;
    }
    answerForNow(delivery, transactional(id, outcome));
    const carryOut = () => {
      if (!this.#hasEnded) answer(delivery, outcome);
    };
    work.add({ isPossible: () => true, carryOut });
  }
}

/** The fields of an outcome or an error by position, each with its AMQP type, which rhea's own members leave out. */
const fieldsOf = (composite: unknown): readonly (Typed | undefined)[] =>
  (composite as { readonly value: readonly Typed[] | null } | undefined)?.value ?? [];

const textIn = (typed: Typed | undefined): string | undefined =>
  typed?.value == null ? undefined : String(typed.value);
