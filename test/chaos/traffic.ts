import { setTimeout as delay } from 'node:timers/promises';
import { SeededRandom } from '../support/seeded-random.ts';
import type { Channels } from './channels.ts';
import type { SentMessage } from './evidence.ts';
import { type Channel, type PlannedMessage, plannedMessage } from './message-plan.ts';
import type { Producers } from './options.ts';
import { seedOf } from './seed.ts';
import { ofSecondSubscription } from './store-history.ts';

export interface TrafficOptions {
  readonly seed: number;
  readonly channels: Pick<Channels, 'send'>;
  /** How many messages are on the queue. */
  readonly backlog: () => number;
  /** More are not put on it: the run is to find faults, and not to fill the memory. */
  readonly mostBacklog: number;
  /** No more messages than these. */
  readonly mostMessages: number;
  readonly producers: Producers;
}

/** Sends messages, and many of them again; and knows what was promised for them. */
export class Traffic {
  readonly counts = { messages: 0, again: 0, afterCompletion: 0, notConfirmed: 0 };
  readonly #options: TrafficOptions;
  readonly #sent = new Map<string, { readonly message: PlannedMessage; isAccepted: boolean }>();
  readonly #atCompletion = new Map<string, readonly Channel[]>();
  readonly #sending = new Set<Promise<void>>();
  readonly #over = new AbortController();
  #isGivenUp = false;

  constructor(options: TrafficOptions) {
    this.#options = options;
  }

  get sent(): ReadonlyMap<string, SentMessage> {
    return new Map(
      [...this.#sent].flatMap(([id, { message, isAccepted }]) => {
        const steps = message.script.steps.map(({ name, permanent = false, atMostOnce = false }) => {
          return { name, permanent, atMostOnce };
        });
        const sent = { id, steps, session: message.session, isAccepted };
        // Both subscriptions get it, and each does its own work.
        if (message.channel !== 'topic') return [[id, sent] as const];
        return [id, ofSecondSubscription(id)].map((each) => [each, { ...sent, id: each }] as const);
      }),
    );
  }

  /** Sends bursts, until `end` at the latest, and resolves at `end`. Times are those of `performance`. */
  async run(end: number, signal?: AbortSignal): Promise<void> {
    const { seed, backlog, mostBacklog, mostMessages, producers } = this.#options;
    const random = new SeededRandom(seedOf(seed, 'bursts'));
    const leastGapMs = (end - performance.now()) / mostMessages;
    for (let index = 0; performance.now() < end && index < mostMessages; ) {
      const burst = Math.min(random.of([1, 1, 2, 3, 5, 8, 13]), mostMessages - index);
      for (let nth = 0; nth < burst; nth += 1) this.#begin(plannedMessage(seed, index + nth, producers));
      index += burst;
      await delay(burst * leastGapMs + random.integer(200), undefined, { signal });
      while (backlog() + this.#sending.size > mostBacklog && performance.now() < end) {
        await delay(20, undefined, { signal });
      }
    }
    await delay(Math.max(0, end - performance.now()), undefined, { signal });
  }

  /** The work of this message is done: the time for a late duplicate. */
  completed(messageId: string): void {
    const known = this.#sent.get(messageId);
    for (const channel of this.#atCompletion.get(messageId) ?? []) {
      if (known === undefined) continue;
      this.counts.afterCompletion += 1;
      this.#track(this.#again(known.message, channel, 0));
    }
    this.#atCompletion.delete(messageId);
  }

  /** Sends at once what was to be sent later, and resolves when all of it is sent, or given up. */
  async settled(): Promise<void> {
    this.#over.abort();
    while (this.#sending.size > 0) await Promise.all(this.#sending);
  }

  /** Whether nothing is on its way. */
  get isSettled(): boolean {
    return this.#sending.size === 0;
  }

  /** Tries nothing any more that was not confirmed. */
  giveUp(): void {
    this.#isGivenUp = true;
  }

  #begin(message: PlannedMessage): void {
    this.#sent.set(message.id, { message, isAccepted: false });
    this.counts.messages += 1;
    const late = message.again.flatMap(({ when, channel }) => (when === 'completed' ? channel : []));
    if (late.length > 0) this.#atCompletion.set(message.id, late);
    this.#track(this.#send(message, message.channel));
    for (const { when, channel } of message.again) {
      if (when !== 'completed') this.#track(this.#again(message, channel, when));
    }
  }

  async #again(message: PlannedMessage, channel: Channel, waitMs: number): Promise<void> {
    await delay(waitMs, undefined, { signal: this.#over.signal }).catch(() => undefined);
    this.counts.again += 1;
    await this.#send(message, channel);
  }

  #track(sending: Promise<void>): void {
    this.#sending.add(sending);
    void sending.finally(() => this.#sending.delete(sending));
  }

  /** As a sender does who keeps the ID: again and again, until somebody confirms it. */
  async #send(message: PlannedMessage, channel: Channel): Promise<void> {
    for (let nthTry = 1; nthTry <= mostTries && !this.#isGivenUp; nthTry += 1) {
      if (await this.#options.channels.send(message, channel, nthTry)) {
        const sent = this.#sent.get(message.id);
        if (sent !== undefined) sent.isAccepted = true;
        return;
      }
      this.counts.notConfirmed += 1;
      await delay(100 * nthTry);
    }
  }
}

const mostTries = 15;
