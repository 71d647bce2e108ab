import type { EventContext } from 'rhea';
import type { Entity } from '../broker/namespace.ts';
import type { AmqpMessage } from './amqp-message.ts';
import { type AmqpError, accepted, answer, rejected } from './answer.ts';
import { CreditWindow } from './credit-window.ts';
import type { LinkOwner } from './link-owner.ts';
import { decodeTransfer } from './message-batch.ts';
import { refusalOf } from './refusals.ts';
import type { RheaDelivery, RheaReceiver } from './rhea-internals.ts';

/**
 * The largest transfer, in bytes: a message with all its properties, or a batch. Source: Microsoft documentation "Service
 * Bus quotas", standard tier.
 */
export const maxMessageSize = 262_144;

/** A link on which a client sends to a queue or a topic. A transfer is accepted once all that is in it is stored. */
export class SenderLink {
  readonly #entity: Entity;
  readonly #owner: LinkOwner;
  readonly #link: RheaReceiver;
  readonly #credit: CreditWindow;
  #hasEnded = false;

  /** `link` is rhea's receiving side of it. */
  constructor(link: RheaReceiver, entity: Entity, owner: LinkOwner) {
    this.#entity = entity;
    this.#owner = owner;
    this.#link = link;
    link.local.attach.max_message_size = maxMessageSize;
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
    const messages = deliverySize > maxMessageSize ? tooLarge(deliverySize) : tryDecode(bytes, delivery.format);
    const refusal = 'condition' in messages ? messages : refusalOf(this.#entity, messages);
    if (refusal !== undefined) answer(delivery, rejected(refusal));
    else this.#store(messages as readonly AmqpMessage[], delivery);
  }

  #store(messages: readonly AmqpMessage[], delivery: RheaDelivery): void {
    const fault = this.#faultFor(messages);
    if (fault !== undefined && fault !== 'store-and-cut') {
      const description = `Sending to ${this.#entity.name} fails because a fault was asked for.`;
      answer(delivery, rejected({ condition: fault.reject, description }));
      return;
    }
    if (fault === 'store-and-cut')
      this.#owner.cut(); // first, or the messages could go out again on this connection
    else answer(delivery, accepted);
    for (const message of messages) this.#entity.send(message);
  }

  #faultFor(messages: readonly AmqpMessage[]) {
    for (const { messageId } of messages) {
      const fault = this.#owner.faults.onSend?.({ queue: this.#entity.name, messageId });
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
}

const tooLarge = (size: number): AmqpError => ({
  condition: 'amqp:link:message-size-exceeded',
  description: `The received message (size ${size}) exceeds the limit (${maxMessageSize}) currently allowed on the link.`,
});

function tryDecode(bytes: Buffer, messageFormat: number | null): readonly AmqpMessage[] | AmqpError {
  try {
    return decodeTransfer(bytes, messageFormat);
  } catch {
    return { condition: 'amqp:decode-error', description: 'The bytes are not an AMQP message.' };
  }
}
