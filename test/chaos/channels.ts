import { ServiceBusClient, type ServiceBusMessage, type ServiceBusSender } from '@azure/service-bus';
import { eventContentType, eventDocument } from '../../src/adapters/cloud-events/event-document.ts';
import type { MessageId } from '../../src/domain/message-id.ts';
import type { TimedOut } from './evidence.ts';
import type { Channel, PlannedMessage } from './message-plan.ts';
import { seedOf } from './seed.ts';

export interface ChannelsOptions {
  readonly seed: number;
  readonly queue: string;
  readonly others: Readonly<Record<'second' | 'topic' | 'session', string>>;
  readonly connectionString: string;
  /** The processes that take requests now. */
  readonly takers: () => readonly Taker[];
  /** On the clock of `performance`. */
  readonly startedAt: number;
}

/** A process that takes requests, and where. */
export interface Taker {
  readonly pid: number;
  readonly address: string;
}

/** The ways on which a message gets onto the queue. */
export class Channels {
  /** Answers that no process should give. */
  readonly unexpected: string[] = [];
  /** Requests that did not arrive in time, by the word of the process that they were sent to. */
  readonly timedOut: TimedOut[] = [];
  readonly #options: ChannelsOptions;
  readonly #client: ServiceBusClient;
  readonly #senders: ReadonlyMap<string, ServiceBusSender>;
  readonly #closing = new AbortController();

  constructor(options: ChannelsOptions) {
    this.#options = options;
    const retryOptions = { maxRetries: 3, retryDelayInMs: 100, timeoutInMs: 5000 };
    this.#client = new ServiceBusClient(options.connectionString, { retryOptions });
    const names = [options.queue, ...Object.values(options.others)];
    this.#senders = new Map(names.map((name) => [name, this.#client.createSender(name)]));
  }

  /** Whether somebody confirmed that the message is on the queue. If not, it may be there all the same. */
  send(message: PlannedMessage, channel: Channel, nthTry: number): Promise<boolean> {
    return channel === 'http' || channel === 'http-event'
      ? this.#post(message, channel, nthTry)
      : this.#put(message, channel);
  }

  /** Breaks off what is on its way. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#client.close();
  }

  async #post(message: PlannedMessage, channel: 'http' | 'http-event', nthTry: number): Promise<boolean> {
    const { id } = message;
    const { seed, takers, startedAt } = this.#options;
    const known = takers();
    const taker = known[seedOf(seed, `${id} ${nthTry}`) % Math.max(1, known.length)];
    if (taker === undefined) return false;
    // Half of them ask for it again, whether it has failed or not.
    const again = seedOf(seed, `${id} ${nthTry} again`) % 2 === 0 ? '?again=true' : '';
    const from = performance.now() - startedAt;
    try {
      const response = await fetch(`${taker.address}/api/messages${again}`, {
        method: 'POST',
        ...(channel === 'http' ? asRequest(message) : asEventRequest(message)),
        signal: AbortSignal.any([AbortSignal.timeout(postLimitMs), this.#closing.signal]),
      });
      const text = await response.text();
      // It failed for good before this copy of it was sent.
      if (response.status === 202 || response.status === 409) return true;
      // It may be sent again (RFC 9110, section 15.5.9), as what is told to come back. The audit asks whether it was so.
      if (response.status === 408)
        this.timedOut.push({ messageId: id, pid: taker.pid, from, to: performance.now() - startedAt });
      else if (response.status !== 503) this.unexpected.push(`POST of ${id}: ${response.status} ${text}`);
      return false;
    } catch {
      return false; // killed, frozen, or gone
    }
  }

  async #put(message: PlannedMessage, channel: keyof typeof onQueue): Promise<boolean> {
    const { queue, others } = this.#options;
    const content = onQueue[channel](message);
    const entity = channel in others ? others[channel as keyof typeof others] : queue;
    try {
      await this.#senders.get(entity)?.sendMessages(content, { abortSignal: this.#closing.signal });
      return true;
    } catch {
      return false;
    }
  }
}

/** Longer than a host takes to answer, and shorter than a frozen one can stand still. */
const postLimitMs = 11_000;

const asRequest = ({ id, script }: PlannedMessage) => ({
  headers: { 'idempotency-key': `"${id}"`, 'content-type': 'application/json' },
  body: JSON.stringify(script),
});

const asEventRequest = (message: PlannedMessage) => ({
  headers: { 'content-type': eventContentType },
  body: JSON.stringify({ ...attributesOf(message), data: message.script }),
});

/** With the same type and content in each mode, it is the same event. */
const attributesOf = ({ identity: { id, source } }: PlannedMessage) => ({
  specversion: '1.0',
  id,
  source,
  type: 'chaos.order',
});

/** What is put on a queue. An event's broker ID is one by which the audit knows it: the product does not look at it. */
const plain = ({ identity, script, session }: PlannedMessage): ServiceBusMessage => ({
  messageId: identity.id,
  contentType: 'application/json',
  body: script,
  ...(session !== undefined && { sessionId: session }),
});

const onQueue = {
  foreign: plain,
  second: plain,
  topic: plain,
  session: plain,
  structured: (message: PlannedMessage): ServiceBusMessage => ({
    messageId: message.id,
    contentType: eventContentType,
    body: Buffer.from(asEventRequest(message).body),
  }),
  binary: (message: PlannedMessage): ServiceBusMessage => ({
    messageId: message.id,
    contentType: 'application/json',
    applicationProperties: Object.fromEntries(
      Object.entries(attributesOf(message)).map(([name, value]) => [`cloudEvents:${name}`, value ?? '']),
    ),
    body: Buffer.from(JSON.stringify(message.script)),
  }),
  /** What a host puts on the queue for a POST: with the same type and content, it is the same message. */
  envelope: ({ id, script }: PlannedMessage): ServiceBusMessage => ({
    messageId: id,
    contentType: eventContentType,
    body: Buffer.from(
      eventDocument({
        id: id as MessageId,
        source: '/api/messages',
        type: 'immutable-service-bus.message.submitted',
        contentType: 'application/json',
        content: { kind: 'json', value: script },
      }),
    ),
  }),
};
