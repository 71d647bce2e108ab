import type { ServiceBusClient, ServiceBusReceiver } from '@azure/service-bus';
import type {
  DeadLetterMessage,
  DeadLetterPass,
  DeadLetters,
  ExportedMessage,
  QueuedMessages,
  Stamp,
} from '../../../application/operate/dead-letters.ts';
import type { ReceivedMessage } from '../../../application/ports/received-message.ts';
import type { DurationMs } from '../../../domain/time.ts';
import { toReceivedMessage } from '../to-received-message.ts';
import { ReceivedDeadLetters } from './dead-letter-pass.ts';
import { peekedPages } from './peeked-pages.ts';
import { imported } from './repeated-message.ts';
import { sendInBatches } from './send-in-batches.ts';
import { toDeadLetter } from './to-dead-letter.ts';

/** A queue, or a subscription of a topic. */
export type DeadLetterSource = { readonly queue: string } | { readonly topic: string; readonly subscription: string };

export interface DeadLettersSettings {
  readonly source: DeadLetterSource;
  /** How long the broker keeps a message that is sent again. */
  readonly timeToLiveMs: DurationMs;
}

/** Makes the client when it is first needed. It stays the caller's, who closes it. */
type Client = () => Promise<ServiceBusClient>;

/** The dead letters of a queue or a subscription. */
export class ServiceBusDeadLetters implements DeadLetters {
  readonly #client: Client;
  readonly #settings: DeadLettersSettings;

  constructor(client: Client, settings: DeadLettersSettings) {
    this.#client = client;
    this.#settings = settings;
  }

  async *pages(): AsyncGenerator<readonly DeadLetterMessage[]> {
    const receiver = receiverOf(await this.#client(), this.#settings.source, 'deadLetter');
    try {
      for await (const page of peekedPages(receiver)) yield page.map(toDeadLetter);
    } finally {
      await receiver.close();
    }
  }

  async take(stamp: Stamp): Promise<DeadLetterPass> {
    const { source, timeToLiveMs } = this.#settings;
    const client = await this.#client();
    return new ReceivedDeadLetters({
      receiver: () => receiverOf(client, source, 'deadLetter'),
      queue: receiverOf(client, source),
      sender: client.createSender('queue' in source ? source.queue : source.topic),
      timeToLiveMs,
      stamp,
    });
  }
}

/** All messages of a queue or a subscription, and those that are sent to it, or to its topic. */
export class ServiceBusQueuedMessages implements QueuedMessages {
  readonly #client: Client;
  readonly #settings: DeadLettersSettings;

  constructor(client: Client, settings: DeadLettersSettings) {
    this.#client = client;
    this.#settings = settings;
  }

  async *pages(): AsyncGenerator<readonly ReceivedMessage[]> {
    const receiver = receiverOf(await this.#client(), this.#settings.source);
    try {
      for await (const page of peekedPages(receiver)) yield page.map(toReceivedMessage);
    } finally {
      await receiver.close();
    }
  }

  async send(messages: readonly ExportedMessage[], stamp: Stamp): Promise<void> {
    const { source, timeToLiveMs } = this.#settings;
    const sender = (await this.#client()).createSender('queue' in source ? source.queue : source.topic);
    try {
      await sendInBatches(
        sender,
        messages.map((message) => imported(message, { stamp, timeToLiveMs })),
      );
    } finally {
      await sender.close();
    }
  }
}

/** Bodies stay the bytes that were sent: parsed and written anew, they would be other content under the same ID. */
function receiverOf(
  client: ServiceBusClient,
  source: DeadLetterSource,
  subQueueType?: 'deadLetter',
): ServiceBusReceiver {
  const options = {
    ...(subQueueType !== undefined && { subQueueType }),
    skipParsingBodyAsJson: true,
    maxAutoLockRenewalDurationInMs: 0,
  };
  return 'queue' in source
    ? client.createReceiver(source.queue, options)
    : client.createReceiver(source.topic, source.subscription, options);
}
