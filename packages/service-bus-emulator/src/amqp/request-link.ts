import rhea, { type EventContext, type Message, type Sender } from 'rhea';
import { accepted, answer } from './answer.ts';
import { CreditWindow } from './credit-window.ts';
import type { RheaDelivery, RheaReceiver } from './rhea-internals.ts';

export interface Request {
  /** The name of the operation. */
  readonly operation: string;
  readonly body: unknown;
}

export interface Reply {
  readonly applicationProperties: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** A link on which a client sends requests. Each reply goes back in the same session. */
export class RequestLink {
  readonly #link: RheaReceiver;
  readonly #reply: (request: Request) => Reply | 'no-answer';
  readonly #credit: CreditWindow;
  #hasEnded = false;

  /** `link` is rhea's receiving side of it. */
  constructor(link: RheaReceiver, reply: (request: Request) => Reply | 'no-answer') {
    this.#link = link;
    this.#reply = reply;
    this.#credit = new CreditWindow(link);
    link.on('message', (context: EventContext) => this.#onRequest(context));
  }

  end(): void {
    this.#hasEnded = true;
  }

  #onRequest({ message, delivery }: EventContext): void {
    if (this.#hasEnded) return;
    this.#credit.use();
    answer(delivery as RheaDelivery, accepted);
    const request = rhea.message.decode(message as unknown as Buffer) as unknown as Message;
    const operation = String(request.application_properties?.['operation'] ?? '');
    const reply = this.#reply({ operation, body: request.body });
    if (reply === 'no-answer') return;
    this.#replyLinkFor(request)?.send({
      ...(request.message_id !== undefined && { correlation_id: request.message_id }),
      application_properties: reply.applicationProperties,
      body: reply.body,
    });
  }

  /** The client names the link to reply on by its name or its target; failing both, it is the one from the same node. */
  #replyLinkFor(request: Message): Sender | undefined {
    const replyTo = request.reply_to;
    const node = this.#link.target?.address;
    const { session } = this.#link;
    return (
      session.find_sender((sender: Sender) => sender.name === replyTo || sender.target?.address === replyTo) ??
      session.find_sender((sender: Sender) => sender.source?.address === node)
    );
  }
}
