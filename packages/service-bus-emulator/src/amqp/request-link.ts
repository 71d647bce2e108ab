import type { EventContext, Typed } from 'rhea';
import { accepted, answer } from './answer.ts';
import { CreditWindow } from './credit-window.ts';
import type { LinkOwner } from './link-owner.ts';
import { readSection, sectionCode, sectionsOf } from './message-sections.ts';
import { plain, typedFields } from './plain.ts';
import type { RheaDelivery, RheaLink, RheaReceiver, RheaSender, RheaSession } from './rhea-internals.ts';
import { transactional } from './transactional-state.ts';

export interface Request {
  /** The name of the operation. */
  readonly operation: string;
  /** As it was sent, with its AMQP types. */
  readonly body: Typed | undefined;
  /** The transaction that it is to be part of. */
  readonly transactionId: Buffer | undefined;
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
  constructor(link: RheaReceiver, owner: LinkOwner, reply: (request: Request) => Reply | 'no-answer') {
    this.#link = link;
    this.#reply = reply;
    this.#credit = new CreditWindow(link);
    owner.listen(link, 'message', (context) => this.#onRequest(context));
  }

  end(): void {
    this.#hasEnded = true;
  }

  #onRequest({ message, delivery }: EventContext): void {
    if (this.#hasEnded) return;
    this.#credit.use();
    const { transactionId } = this.#link;
    answer(delivery as RheaDelivery, transactionId === undefined ? accepted : transactional(transactionId, accepted));
    const { messageId, replyTo, ...request } = readRequest(message as unknown as Buffer);
    const reply = this.#reply({ ...request, transactionId });
    if (reply === 'no-answer') return;
    this.#replyLinkFor(replyTo)?.send({
      // With its type, by which some clients compare it.
      ...(messageId?.value != null && { correlation_id: messageId as unknown as string }),
      application_properties: reply.applicationProperties,
      body: reply.body,
    });
  }

  /** The client names the link to reply on by its name or its target; failing both, it is the one from the same node. */
  #replyLinkFor(replyTo: unknown): RheaSender | undefined {
    const node = this.#link.target?.address;
    const links = Object.values((this.#link.session as RheaSession).links).filter(isSender);
    return (
      links.find(({ remote, target }) => remote.attach?.name === replyTo || target?.address === replyTo) ??
      links.find(({ source }) => source?.address === node)
    );
  }
}

const isSender = (link: RheaLink): link is RheaSender => link.is_sender();

/** Throws if the bytes are not an encoded message. */
function readRequest(bytes: Buffer) {
  const sections = sectionsOf(bytes);
  const read = (code: number): Typed | undefined => {
    const section = sections.find((each) => each.code === code);
    return section && readSection(bytes, section);
  };
  const properties: readonly Typed[] = read(sectionCode.properties)?.value ?? [];
  const applicationProperties = typedFields(read(sectionCode.applicationProperties));
  return {
    messageId: properties[0],
    replyTo: plain(properties[4]),
    operation: String(plain(applicationProperties['operation']) ?? ''),
    body: read(sectionCode.value),
  };
}
