import type { Content, Message } from '../domain/message.ts';
import type { MessageId } from '../domain/message-id.ts';
import type { Clock } from './ports/clock.ts';
import type { Ids } from './ports/ids.ts';
import type { MessagePublisher, PublishResult } from './ports/message-publisher.ts';

/** What somebody wants done once. */
export interface Submission {
  /** The ID chosen by the sender, so that it can be sent again; one is generated if there is none. */
  readonly id?: MessageId;
  readonly content: Content;
  /** The media type of the content. */
  readonly contentType?: string;
  /** W3C trace context of the submission. */
  readonly traceparent?: string;
}

export interface SubmitSettings {
  /** CloudEvents `source` and `type` of the messages. */
  readonly source: string;
  readonly type: string;
}

export type SubmitOutcome = PublishResult & { readonly messageId: MessageId };

/** Puts content on the queue under a stable message ID. */
export class SubmitMessage {
  readonly #publisher: MessagePublisher;
  readonly #ids: Ids;
  readonly #clock: Clock;
  readonly #settings: SubmitSettings;

  constructor(
    { publisher, ids, clock }: { readonly publisher: MessagePublisher; readonly ids: Ids; readonly clock: Clock },
    settings: SubmitSettings,
  ) {
    this.#publisher = publisher;
    this.#ids = ids;
    this.#clock = clock;
    this.#settings = settings;
  }

  /** Says under which ID, whatever came of it: sent again under that ID, the work is still done once. */
  async run({ id, ...submission }: Submission): Promise<SubmitOutcome> {
    const messageId = id ?? this.#ids.newMessageId();
    const message: Message = { id: messageId, ...this.#settings, time: this.#clock.timestamp(), ...submission };
    return { ...(await this.#publisher.publish(message)), messageId };
  }
}
