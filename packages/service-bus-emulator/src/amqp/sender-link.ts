import type { EventContext } from 'rhea';
import type { Entity } from '../broker/entity.ts';
import type { AmqpMessage } from './amqp-message.ts';
import { type AmqpError, accepted, answer, isError, rejected } from './answer.ts';
import type { ClientTransaction } from './client-transactions.ts';
import { CreditWindow } from './credit-window.ts';
import type { LinkOwner } from './link-owner.ts';
import { decodeTransfer } from './message-batch.ts';
import { refusalOf } from './refusals.ts';
import type { RheaDelivery, RheaReceiver, RheaSession } from './rhea-internals.ts';
import { transactional } from './transactional-state.ts';

/**
 * The largest transfer, in bytes, unless an entity says otherwise: a message with all its properties, or a batch. Source:
 * Microsoft documentation "Service Bus quotas", standard tier.
 */
export const maxMessageSize = 262_144;

/** A link on which a client sends to a queue or a topic. A transfer is accepted once all that is in it is stored, or part of a transaction. */
export class SenderLink {
  readonly entity: Entity;
  /** Why nothing more is taken. What comes is told so, and then the link ends: an end alone would cross it on the wire. */
  refusal: AmqpError | undefined;
  readonly #owner: LinkOwner;
  readonly #link: RheaReceiver;
  readonly #credit: CreditWindow;
  readonly #maxMessageSize: number;
  #hasEnded = false;

  /** `link` is rhea's receiving side of it. */
  constructor(link: RheaReceiver, entity: Entity, owner: LinkOwner) {
    this.entity = entity;
    this.#owner = owner;
    this.#link = link;
    this.#maxMessageSize = entity.options.maxMessageBytes ?? maxMessageSize;
    link.local.attach.max_message_size = this.#maxMessageSize;
    link.maxDeliverySize = this.#maxMessageSize;
    this.#credit = new CreditWindow(link);
    owner.listen(link, 'message', (context) => this.#onTransfer(context));
  }

  end(): void {
    this.#hasEnded = true;
  }

  #onTransfer(context: EventContext): void {
    if (this.#hasEnded) return;
    this.#credit.use();
    const delivery = context.delivery as RheaDelivery;
    const bytes = context.message as unknown as Buffer;
    const { deliverySize = bytes.length } = this.#link;
    const limit = this.#maxMessageSize;
    const messages = deliverySize > limit ? tooLarge(deliverySize, limit) : tryDecode(bytes, delivery.format);
    const transaction = this.#transaction();
    if (this.refusal !== undefined) this.#refuse(delivery, this.refusal);
    else if (isError(messages)) answer(delivery, rejected(messages));
    else if (transaction !== undefined && isError(transaction)) answer(delivery, rejected(transaction));
    else this.#take(messages, delivery, transaction);
  }

  #refuse(delivery: RheaDelivery, refusal: AmqpError): void {
    answer(delivery, rejected(refusal));
    this.end();
    this.#link.close(refusal);
  }

  /** The one that the present delivery is sent in. */
  #transaction(): ClientTransaction | AmqpError | undefined {
    const { transactionId, session } = this.#link;
    const use = { entity: this.entity.name, session: session as RheaSession, isSend: true };
    return transactionId && this.#owner.transactions.find(transactionId, use);
  }

  #take(messages: readonly AmqpMessage[], delivery: RheaDelivery, transaction: ClientTransaction | undefined): void {
    const refusal = refusalOf(this.entity, messages);
    if (refusal !== undefined) {
      answer(delivery, rejected(refusal));
      return;
    }
    const fault = this.#faultFor(messages);
    if (fault !== undefined && fault !== 'store-and-cut') {
      const description = `Sending to ${this.entity.name} fails because a fault was asked for.`;
      answer(delivery, rejected({ condition: fault.reject, description }));
      return;
    }
    if (fault === 'store-and-cut')
      this.#owner.cut(); // first, or the messages could go out again on this connection
    else answer(delivery, transaction === undefined ? accepted : transactional(transaction.id, accepted));
    const carryOut = () => {
      for (const message of messages) this.entity.send(message);
    };
    if (transaction === undefined) carryOut();
    else transaction.work.add({ isPossible: () => true, carryOut });
  }

  #faultFor(messages: readonly AmqpMessage[]) {
    for (const { messageId } of messages) {
      const fault = this.#owner.faults.onSend?.({ queue: this.entity.name, messageId });
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
}

const tooLarge = (size: number, limit: number): AmqpError => ({
  condition: 'amqp:link:message-size-exceeded',
  description: `The received message (size ${size}) exceeds the limit (${limit}) currently allowed on the link.`,
});

function tryDecode(bytes: Buffer, messageFormat: number | null): readonly AmqpMessage[] | AmqpError {
  try {
    return decodeTransfer(bytes, messageFormat);
  } catch {
    return { condition: 'amqp:decode-error', description: 'The bytes are not an AMQP message.' };
  }
}
