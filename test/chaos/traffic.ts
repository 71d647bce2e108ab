import { setTimeout as delay } from 'node:timers/promises';
import { ServiceBusClient, type ServiceBusMessage, type ServiceBusSender } from '@azure/service-bus';
import { eventContentType, eventDocument } from '../../src/adapters/cloud-events/event-document.ts';
import type { MessageId } from '../../src/domain/message-id.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import type { SentMessage } from './evidence.ts';
import { type Channel, type PlannedMessage, plannedMessage } from './message-plan.ts';
import { seedOf } from './seed.ts';

export interface TrafficOptions {
  readonly seed: number;
  readonly queue: string;
  readonly connectionString: string;
  /** The processes that take requests now. */
  readonly addresses: () => readonly string[];
  /** How many messages are on the queue. */
  readonly backlog: () => number;
  /** More are not put on it: the run is to find faults, and not to fill the memory. */
  readonly mostBacklog: number;
  /** No more messages than these. */
  readonly mostMessages: number;
}

/** Sends messages, and many of them again, until it is told to stop; and knows what was promised for them. */
export class Traffic {
  readonly counts = { messages: 0, again: 0, notConfirmed: 0 };
  /** Answers that no process should give. */
  readonly unexpected: string[] = [];
  readonly #options: TrafficOptions;
  readonly #client: ServiceBusClient;
  readonly #sender: ServiceBusSender;
  readonly #sent = new Map<string, { readonly message: PlannedMessage; isAccepted: boolean }>();
  readonly #atCompletion = new Map<string, readonly Channel[]>();
  readonly #sending = new Set<Promise<void>>();
  readonly #over = new AbortController();

  constructor(options: TrafficOptions) {
    this.#options = options;
    const retryOptions = { maxRetries: 3, retryDelayInMs: 100, timeoutInMs: 5000 };
    this.#client = new ServiceBusClient(options.connectionString, { retryOptions });
    this.#sender = this.#client.createSender(options.queue);
  }

  get sent(): ReadonlyMap<string, SentMessage> {
    return new Map(
      Array.from(this.#sent, ([id, { message, isAccepted }]) => {
        const steps = message.script.steps.map(({ name, permanent = false, atMostOnce = false }) => {
          return { name, permanent, atMostOnce };
        });
        return [id, { id, steps, isAccepted }];
      }),
    );
  }

  /** Sends bursts until `end`, a time of `performance`, and resolves when the last of them is on its way. */
  async run(end: number): Promise<void> {
    const random = new SeededRandom(seedOf(this.#options.seed, 'bursts'));
    const leastGapMs = (end - performance.now()) / this.#options.mostMessages;
    for (let index = 0; performance.now() < end && index < this.#options.mostMessages; ) {
      const burst = random.of([1, 1, 2, 3, 5, 8, 13]);
      for (let nth = 0; nth < burst; nth += 1) this.#begin(plannedMessage(this.#options.seed, index++));
      await this.#pause(burst * leastGapMs + random.integer(200));
      while (this.#options.backlog() + this.#sending.size > this.#options.mostBacklog && performance.now() < end) {
        await this.#pause(20);
      }
    }
  }

  /** The work of this message is done: the time for a late duplicate. */
  completed(messageId: string): void {
    const known = this.#sent.get(messageId);
    for (const channel of this.#atCompletion.get(messageId) ?? []) {
      if (known !== undefined) this.#track(this.#again(known.message, channel, 0));
    }
    this.#atCompletion.delete(messageId);
  }

  /** Resolves when whatever is still to be sent is sent, or given up. */
  async settled(): Promise<void> {
    this.#over.abort();
    while (this.#sending.size > 0) await Promise.all(this.#sending);
    await this.#client.close();
  }

  #begin(message: PlannedMessage): void {
    this.#sent.set(message.id, { message, isAccepted: false });
    this.counts.messages += 1;
    this.#atCompletion.set(
      message.id,
      message.again.flatMap(({ when, channel }) => (when === 'completed' ? channel : [])),
    );
    this.#track(this.#send(message, message.channel));
    for (const { when, channel } of message.again) {
      if (when !== 'completed') this.#track(this.#again(message, channel, when));
    }
  }

  async #again(message: PlannedMessage, channel: Channel, waitMs: number): Promise<void> {
    await this.#pause(waitMs);
    this.counts.again += 1;
    await this.#send(message, channel);
  }

  #track(sending: Promise<void>): void {
    this.#sending.add(sending);
    void sending.finally(() => this.#sending.delete(sending));
  }

  /** As a sender does who keeps the ID: again and again, until somebody confirms it. */
  async #send(message: PlannedMessage, channel: Channel): Promise<void> {
    for (let tries = 0; tries < mostTries; tries += 1) {
      const isConfirmed = channel === 'http' ? await this.#post(message, tries) : await this.#put(message, channel);
      const sent = this.#sent.get(message.id);
      if (isConfirmed && sent !== undefined) {
        sent.isAccepted = true;
        return;
      }
      this.counts.notConfirmed += 1;
      await delay(100 * (tries + 1));
    }
  }

  async #post({ id, script }: PlannedMessage, tries: number): Promise<boolean> {
    const addresses = this.#options.addresses();
    const place = seedOf(this.#options.seed, `${id} ${tries}`) % Math.max(1, addresses.length);
    const address = addresses[place];
    if (address === undefined) return false;
    try {
      const response = await fetch(`${address}/api/messages`, {
        method: 'POST',
        headers: { 'idempotency-key': `"${id}"`, 'content-type': 'application/json' },
        body: JSON.stringify(script),
        signal: AbortSignal.timeout(postLimitMs),
      });
      const text = await response.text();
      if (response.status === 202) return true;
      if (response.status !== 503) this.unexpected.push(`POST of ${id}: ${response.status} ${text}`);
      return false;
    } catch {
      return false; // killed, frozen, or gone: nobody knows whether it took the message
    }
  }

  async #put(message: PlannedMessage, channel: Channel): Promise<boolean> {
    try {
      await this.#sender.sendMessages(channel === 'envelope' ? asEnvelope(message) : asForeign(message));
      return true;
    } catch {
      return false; // it may be there
    }
  }

  #pause = (ms: number): Promise<void> => delay(ms, undefined, { signal: this.#over.signal }).catch(() => undefined);
}

const mostTries = 15;
/** Longer than a host takes to answer, and shorter than a frozen one stands still. */
const postLimitMs = 12_000;

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
