import type { Message } from '../domain/message.ts';
import { isMessageId, type MessageId } from '../domain/message-id.ts';
import { traceContext } from '../domain/trace-context.ts';
import { type Consumer, type MessageIdentity, workKey } from '../domain/work-key.ts';
import { type IdOf, idGivenBy } from './content/id-of.ts';
import type { Clock } from './ports/clock.ts';
import type { Ids } from './ports/ids.ts';
import type { MessagePublisher, PublishResult } from './ports/message-publisher.ts';
import { type Span, silentSpan } from './ports/telemetry/tracing.ts';
import type { SubmissionCheck, SubmissionVerdict } from './submission-check.ts';

/** What somebody wants done once: content, or an event, which brings its own ID, source and type. */
export interface Submission extends Partial<Omit<Message, 'id' | 'content'>>, Pick<Message, 'content'> {
  /** The ID chosen by the sender, so that it can be sent again; one is generated if there is none. */
  readonly id?: MessageId;
}

export interface SubmitOptions {
  /** Puts a message on the queue again whose work failed for good. */
  readonly again?: boolean;
  /** What the submission is told of as. */
  readonly span?: Span;
}

export interface SubmitSettings extends Consumer {
  /** What a message is known by, in the place of the ID that its sender chose. */
  readonly idOf?: IdOf | undefined;
  /** CloudEvents `type` of submitted content. Its `source` is the consumer's own. */
  readonly type: string;
}

export interface SubmitPorts {
  readonly publisher: MessagePublisher;
  readonly ids: Ids;
  readonly clock: Clock;
  /** Without it, only the queue side finds that an ID belongs to other content. */
  readonly submissionCheck?: Pick<SubmissionCheck, 'run'>;
}

export type SubmitOutcome = SubmittedOutcome | UnnamedOutcome;

/** idOf gives no usable ID for it, or not the one that its sender chose: a sentence. Nothing was put on the queue. */
export interface UnnamedOutcome {
  readonly kind: 'unnamed';
  readonly problem: string;
}

export type SubmittedOutcome = {
  /** Under which ID, and for another producer's event source, its status is found. */
  readonly message: MessageIdentity;
} & (
  | PublishResult
  /** Nothing was put on the queue. */
  | Exclude<SubmissionVerdict, { kind: 'sendable' }>
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
  async run(
    { id, ...submission }: Submission,
    { again = false, span = silentSpan }: SubmitOptions = {},
  ): Promise<SubmitOutcome> {
    const { publisher, ids, clock, submissionCheck } = this.#ports;
    const { ownSource: source, type, idOf } = this.#settings;
    const unnamed = {
      source,
      type,
      // An event is handed on as it came.
      ...(submission.source === undefined && { time: clock.timestamp() }),
      ...submission,
    };
    const given = idOf && idGivenBy(idOf, { ...unnamed, ...(id !== undefined && { id }), properties: {} });
    if (given !== undefined && !isMessageId(given))
      return { kind: 'unnamed', problem: `The message ID ${given.problem}` };
    if (given !== undefined && id !== undefined && given !== id) return { kind: 'unnamed', problem: otherId(given) };
    const known = given ?? id;
    const isNew = known === undefined;
    const message: Message = { id: isNew ? ids.newMessageId() : known, ...unnamed };
    const key = workKey(this.#settings, given === undefined ? message : { id: message.id });
    // Nobody else has an ID that was generated just now.
    const verdict = isNew ? undefined : await submissionCheck?.run(message, key);
    if (verdict?.kind === 'mismatch' || (verdict?.kind === 'failed' && !again)) return { ...verdict, message: key };
    const published = await span.within({ kind: 'send' }, async (sending) => {
      sending.set({ messageId: message.id, source: key.source, eventType: type });
      const start = traceContext(message.traceparent, message.tracestate);
      if (start?.traceparent !== span.context?.traceparent) sending.link(start);
      const result = await publisher.publish(message, sending.context ?? start);
      if (result.kind !== 'published') sending.fail(result.kind);
      return result;
    });
    return { ...published, message: key };
  }
}

const otherId = (given: MessageId): string =>
  `The message ID of this content is ${given}: send it under that one, or under none.`;
