import { randomUUID } from 'node:crypto';
import type { ServiceBusReceivedMessage, ServiceBusReceiver, ServiceBusSender } from '@azure/service-bus';
import type Long from 'long';
import type { DeadLetterMessage, DeadLetterPass, Stamp } from '../../../application/operate/dead-letters.ts';
import { type DurationMs, durationMs, seconds } from '../../../domain/time.ts';
import { withTimeLimit } from '../time-limit.ts';
import { endOf, peekedPages } from './peeked-pages.ts';
import { repeated, stampNames } from './repeated-message.ts';
import { sendInBatches } from './send-in-batches.ts';
import { toDeadLetter } from './to-dead-letter.ts';

export interface PassOptions {
  /** Makes a receiver of the dead letters. */
  readonly receiver: () => ServiceBusReceiver;
  /** A receiver of the queue itself, which only peeks. */
  readonly queue: ServiceBusReceiver;
  readonly sender: ServiceBusSender;
  readonly timeToLiveMs: DurationMs;
  readonly stamp: Stamp;
}

/**
 * Dead letters in the hands of one pass. Each batch has a receiver of its own as long as something of it is held: a session of
 * the SDK's AMQP library stalls 2,047 messages after one that stays unsettled, and mixes up different outcomes of one tick.
 */
export class ReceivedDeadLetters implements DeadLetterPass {
  readonly #options: PassOptions;
  readonly #run = randomUUID();
  readonly #held = new Map<DeadLetterMessage, { message: ServiceBusReceivedMessage; receiver: ServiceBusReceiver }>();
  readonly #receivers = new Set<ServiceBusReceiver>();
  readonly #renewal: NodeJS.Timeout;
  /** Where copies that are still to be sent will be, or after it. */
  #lookFrom: Long | undefined;
  #lookedUpTo: Long | undefined;

  constructor(options: PassOptions) {
    this.#options = options;
    this.#renewal = setInterval(() => void this.#renew(), renewEveryMs).unref();
  }

  async receive(most: number): Promise<readonly DeadLetterMessage[]> {
    const receiver = this.#idleReceiver();
    let messages = await receiver.receiveMessages(most, { maxWaitTimeInMs: firstLookMs });
    if (messages.length === 0 && (await this.#areThereOthers(receiver))) {
      messages = await receiver.receiveMessages(most, { maxWaitTimeInMs: receiveLimitMs });
    }
    return messages.map((message) => {
      const letter = toDeadLetter(message);
      this.#held.set(letter, { message, receiver });
      return letter;
    });
  }

  isOwnCopy({ received }: DeadLetterMessage): boolean {
    return received.applicationProperties[stampNames.run] === this.#run;
  }

  async resend(letters: readonly DeadLetterMessage[]): Promise<void> {
    const { sender, queue, stamp, timeToLiveMs } = this.#options;
    this.#lookFrom = this.#lookedUpTo ?? this.#lookFrom ?? (await endOf(queue));
    const copies = letters.map((letter) =>
      repeated(this.#heldOf(letter).message, { stamp, timeToLiveMs, run: this.#run }),
    );
    await sendInBatches(sender, copies);
  }

  async seen(letters: readonly DeadLetterMessage[]): Promise<ReadonlySet<DeadLetterMessage>> {
    const wanted = new Map(letters.map((letter) => [letter.received.sequenceNumber, letter]));
    const seen = new Set<DeadLetterMessage>();
    for await (const page of peekedPages(this.#options.queue, this.#lookFrom)) {
      for (const { applicationProperties = {}, sequenceNumber } of page) {
        if (sequenceNumber !== undefined) this.#lookedUpTo = sequenceNumber.add(1);
        if (applicationProperties[stampNames.run] !== this.#run) continue;
        const letter = wanted.get(String(applicationProperties[stampNames.from]));
        if (letter !== undefined) seen.add(letter);
      }
      if (seen.size === wanted.size) break;
    }
    return seen;
  }

  async remove(letters: readonly DeadLetterMessage[]): Promise<readonly DeadLetterMessage[]> {
    const settled = await Promise.allSettled(
      letters.map((letter) => {
        const { message, receiver } = this.#heldOf(letter);
        return withTimeLimit(receiver.completeMessage(message), settleLimitMs);
      }),
    );
    for (const letter of letters) this.#held.delete(letter);
    return letters.filter((_, index) => settled[index]?.status === 'rejected');
  }

  async end(): Promise<void> {
    clearInterval(this.#renewal);
    const given = [...this.#held.values()].map(({ message, receiver }) =>
      withTimeLimit(receiver.abandonMessage(message), settleLimitMs),
    );
    await Promise.allSettled(given);
    this.#held.clear();
    const { queue, sender } = this.#options;
    await Promise.allSettled(
      [...this.#receivers, queue, sender].map((each) => withTimeLimit(each.close(), closeLimitMs)),
    );
  }

  /** Whether there are dead letters that this pass does not hold: the queue is slow to give them, or somebody else has them. */
  async #areThereOthers(receiver: ServiceBusReceiver): Promise<boolean> {
    // Before the look: what is removed during it was held.
    const held = new Set([...this.#held.values()].map(({ message }) => String(message.sequenceNumber)));
    for await (const page of peekedPages(receiver)) {
      if (page.some(({ sequenceNumber }) => !held.has(String(sequenceNumber)))) return true;
    }
    return false;
  }

  /** One of which nothing is held, or a new one. */
  #idleReceiver(): ServiceBusReceiver {
    const busy = new Set([...this.#held.values()].map(({ receiver }) => receiver));
    const receiver = [...this.#receivers].find((each) => !busy.has(each)) ?? this.#options.receiver();
    this.#receivers.add(receiver);
    return receiver;
  }

  #heldOf(letter: DeadLetterMessage) {
    const held = this.#held.get(letter);
    if (held === undefined) throw new Error('This dead letter is not in the hands of this pass.');
    return held;
  }

  /** A peek-lock that cannot be renewed is lost: the letter stays where it is, and a copy of it does no harm. */
  async #renew(): Promise<void> {
    for (const { message, receiver } of [...this.#held.values()]) {
      await withTimeLimit(receiver.renewMessageLock(message), settleLimitMs).catch(() => undefined);
    }
  }
}

/** A third of the shortest peek-lock that a queue usually has. */
const renewEveryMs = seconds(10);

/** How long to wait before looking whether there are any. */
const firstLookMs = durationMs(200);

/** How long to wait for dead letters that are there before it counts as the end of them. */
const receiveLimitMs = seconds(2);

const settleLimitMs = seconds(10);
const closeLimitMs = seconds(2);
