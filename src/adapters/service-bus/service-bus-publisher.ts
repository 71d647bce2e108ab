import type { ServiceBusClient, ServiceBusSender } from '@azure/service-bus';
import type { MessagePublisher, PublishResult } from '../../application/ports/message-publisher.ts';
import type { Message } from '../../domain/message.ts';
import { type DurationMs, seconds } from '../../domain/time.ts';
import type { TraceContext } from '../../domain/trace-context.ts';
import { hopProperties } from './hop-properties.ts';
import { sizeOnQueue } from './message-size.ts';
import { isTooLarge, sendingFailure } from './service-bus-errors.ts';

export interface ServiceBusPublisherSettings {
  readonly queueName: string;
  /** The message as the text of its event. */
  readonly encode: (message: Message) => string;
  /** What the broker calls the message. */
  readonly messageIdOf: (message: Message) => string;
  /** The media type of that text. */
  readonly contentType: string;
  /** How long the broker keeps a message that nobody completes. */
  readonly timeToLiveMs: DurationMs;
  /** The largest message that is sent, headers included. Without it only the queue itself refuses one. */
  readonly maxMessageBytes?: number;
}

/** Puts messages on a Service Bus queue, each under the message ID that `messageIdOf` gives it. It answers within some 10 s. */
export class ServiceBusPublisher implements MessagePublisher {
  readonly #sender: ServiceBusSender;
  readonly #settings: ServiceBusPublisherSettings;

  /** The client stays the caller's, who closes it. */
  constructor(client: ServiceBusClient, settings: ServiceBusPublisherSettings) {
    this.#sender = client.createSender(settings.queueName);
    this.#settings = settings;
  }

  async publish(message: Message, hop?: TraceContext): Promise<PublishResult> {
    const {
      queueName,
      encode,
      messageIdOf,
      contentType,
      timeToLiveMs,
      maxMessageBytes = Number.POSITIVE_INFINITY,
    } = this.#settings;
    // Bytes, since the SDK makes JSON of everything else: of a text a quoted one.
    const body = Buffer.from(encode(message));
    const toSend = {
      messageId: messageIdOf(message),
      body,
      contentType,
      timeToLive: timeToLiveMs,
      ...(hop !== undefined && { applicationProperties: hopProperties(hop) }),
    };
    if (sizeOnQueue(toSend) > maxMessageBytes) return { kind: 'too-large' };
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), publishLimitMs);
    try {
      await this.#sender.sendMessages(toSend, { abortSignal: limit.signal });
      return { kind: 'published' };
    } catch (error) {
      // Of the other errors some say that the queue cannot have it. But a try before may have put it there.
      return isTooLarge(error) ? { kind: 'too-large' } : { kind: 'unknown', cause: sendingFailure(queueName, error) };
    } finally {
      clearTimeout(timer);
    }
  }
}

/** All tries together; far below the time after which whoever sent the HTTP request gives up. */
const publishLimitMs = seconds(10);
