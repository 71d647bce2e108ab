import type { MessagePublisher, PublishResult } from '../../application/ports/message-publisher.ts';
import type { Message } from '../../domain/message.ts';

/** What goes wrong with one message: it is too large; it gets lost; or the queue has it, and its confirmation gets lost. */
export type PublishFault = 'too-large' | 'message-lost' | 'confirmation-lost';

/** Asked about each message, the `nth` from 1. Undefined lets it pass. */
export type PublishFaults = (message: Message, nth: number) => PublishFault | undefined;

/** A MessagePublisher that keeps the messages for whoever asks, and can lose some. */
export class InMemoryMessagePublisher implements MessagePublisher {
  readonly #published: Message[] = [];
  readonly #faultOf: PublishFaults;
  #calls = 0;

  constructor(faultOf: PublishFaults = () => undefined) {
    this.#faultOf = faultOf;
  }

  /** The messages that the queue has, in the order they came. */
  get published(): readonly Message[] {
    return this.#published;
  }

  async publish(message: Message): Promise<PublishResult> {
    this.#calls += 1;
    const fault = this.#faultOf(message, this.#calls);
    if (fault === 'too-large') return { kind: 'too-large' };
    if (fault !== 'message-lost') this.#published.push(structuredClone(message));
    return fault === undefined ? { kind: 'published' } : { kind: 'unknown', cause: new Error(`Injected: ${fault}.`) };
  }
}
