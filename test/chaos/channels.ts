import { ServiceBusClient, type ServiceBusMessage, type ServiceBusSender } from '@azure/service-bus';
import { eventContentType, eventDocument } from '../../src/adapters/cloud-events/event-document.ts';
import type { MessageId } from '../../src/domain/message-id.ts';
import type { TimedOut } from './evidence.ts';
import type { Channel, PlannedMessage } from './message-plan.ts';
import { seedOf } from './seed.ts';

export interface ChannelsOptions {
  readonly seed: number;
  readonly queue: string;
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
  readonly #sender: ServiceBusSender;
  readonly #closing = new AbortController();

  constructor(options: ChannelsOptions) {
    this.#options = options;
    const retryOptions = { maxRetries: 3, retryDelayInMs: 100, timeoutInMs: 5000 };
    this.#client = new ServiceBusClient(options.connectionString, { retryOptions });
    this.#sender = this.#client.createSender(options.queue);
  }

  /** Whether somebody confirmed that the message is on the queue. If not, it may be there all the same. */
  send(message: PlannedMessage, channel: Channel, nthTry: number): Promise<boolean> {
    return channel === 'http' ? this.#post(message, nthTry) : this.#put(message, channel);
  }

  /** Breaks off what is on its way. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#client.close();
  }

  async #post({ id, script }: PlannedMessage, nthTry: number): Promise<boolean> {
    const { seed, takers, startedAt } = this.#options;
    const known = takers();
    const taker = known[seedOf(seed, `${id} ${nthTry}`) % Math.max(1, known.length)];
    if (taker === undefined) return false;
    const from = performance.now() - startedAt;
    try {
      const response = await fetch(`${taker.address}/api/messages`, {
        method: 'POST',
        headers: { 'idempotency-key': `"${id}"`, 'content-type': 'application/json' },
        body: JSON.stringify(script),
        signal: AbortSignal.any([AbortSignal.timeout(postLimitMs), this.#closing.signal]),
      });
      const text = await response.text();
      if (response.status === 202) return true;
      // It may be sent again (RFC 9110, section 15.5.9), as what is told to come back. The audit asks whether it was so.
      if (response.status === 408)
        this.timedOut.push({ messageId: id, pid: taker.pid, from, to: performance.now() - startedAt });
      else if (response.status !== 503) this.unexpected.push(`POST of ${id}: ${response.status} ${text}`);
      return false;
    } catch {
      return false; // killed, frozen, or gone
    }
  }

  async #put(message: PlannedMessage, channel: 'envelope' | 'foreign'): Promise<boolean> {
    const content = channel === 'envelope' ? asEnvelope(message) : asForeign(message);
    try {
      await this.#sender.sendMessages(content, { abortSignal: this.#closing.signal });
      return true;
    } catch {
      return false;
    }
  }
}

/** Longer than a host takes to answer, and shorter than a frozen one can stand still. */
const postLimitMs = 11_000;

const asForeign = ({ id, script }: PlannedMessage): ServiceBusMessage => ({
  messageId: id,
  contentType: 'application/json',
  body: script,
});

/** What a host puts on the queue for a POST: with the same type and content, it is the same message. */
const asEnvelope = ({ id, script }: PlannedMessage): ServiceBusMessage => ({
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
});
