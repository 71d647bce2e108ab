import type { Content, Message } from '../domain/message.ts';
import type { MessageId } from '../domain/message-id.ts';
import type { ContentCheck } from './content-check.ts';
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

export interface SubmitPorts {
  readonly publisher: MessagePublisher;
  readonly ids: Ids;
  readonly clock: Clock;
  /** Without it, only the queue side finds that an ID belongs to other content. */
  readonly contentCheck?: Pick<ContentCheck, 'belongsToOther'>;
}

export type SubmitOutcome = { readonly messageId: MessageId } & (
  | PublishResult
  /** The ID belongs to a message with other content. Nothing was put on the queue. */
  | { readonly kind: 'mismatch' }
);

/** Puts content on the queue under a stable message ID. */
export class SubmitMessage {
  readonly #ports: SubmitPorts;
  readonly #settings: SubmitSettings;

  constructor(ports: SubmitPorts, settings: SubmitSettings) {
    this.#ports = ports;
    this.#settings = settings;
  }

  /** Says under which ID, whatever came of it: sent again under that ID, the work is still done once. */
  async run({ id, ...submission }: Submission): Promise<SubmitOutcome> {
    const { publisher, ids, clock, contentCheck } = this.#ports;
    const messageId = id ?? ids.newMessageId();
    const message: Message = { id: messageId, ...this.#settings, time: clock.timestamp(), ...submission };
    // Nobody else has an ID that was generated just now.
    if (id !== undefined && (await contentCheck?.belongsToOther(message))) return { kind: 'mismatch', messageId };
    return { ...(await publisher.publish(message)), messageId };
  }
}
