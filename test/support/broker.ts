import type { Delivery } from '../../src/domain/message.ts';
import { seconds } from '../../src/domain/time.ts';
import { delivery } from './deliveries.ts';
import type { Instance, Run, World } from './message-run.ts';
import { settlementOf } from './simulated-process.ts';

interface Queued {
  readonly of: Delivery;
  deliveryCount: number;
  run: Run | undefined;
  /** When the broker takes a crashed receiver's message back: the rest of its peek-lock. */
  visibleAt: number;
  settled: 'completed' | 'dead-lettered' | undefined;
}

/**
 * A queue in peek-lock mode: what is not completed is delivered again at once, what its receiver crashed with after a minute,
 * and after ten deliveries it is dead-lettered.
 */
export class Broker {
  readonly #world: World;
  readonly #messages: Queued[] = [];
  readonly #maxDeliveryCount = 10;
  /** The receivers, of which those that have not crashed take messages in turn. */
  receivers: Instance[] = [];
  #turn = 0;

  constructor(world: World) {
    this.#world = world;
  }

  send(id: string): void {
    const sequenceNumber = String(this.#messages.length + 1);
    const of = delivery({ id, physical: { sequenceNumber, enqueuedTime: '2024-01-01T00:00:00.000Z' } });
    this.#messages.push({ of, deliveryCount: 0, run: undefined, visibleAt: 0, settled: undefined });
  }

  /** The IDs of the messages that were dead-lettered, and how often those that were not were delivered. */
  get deadLettered(): readonly string[] {
    return this.#messages.filter(({ settled }) => settled === 'dead-lettered').map(({ of }) => of.message.id);
  }

  get mostDeliveries(): number {
    return Math.max(...this.#messages.map(({ deliveryCount }) => deliveryCount));
  }

  /** Delivers until every message is settled. */
  async drain(within = seconds(3600)): Promise<void> {
    const latest = this.#world.now + within;
    while (this.#messages.some(({ settled }) => settled === undefined)) {
      if (this.#world.now > latest) throw new Error('The queue is not empty after an hour.');
      for (const message of this.#messages) this.#serve(message);
      await this.#world.advance(seconds(0.25));
    }
  }

  /** Ends a receiver: the messages in its hands come back when their peek-locks end. */
  crash(receiver: Instance): void {
    receiver.crash();
    for (const message of this.#messages) {
      if (message.run === undefined || this.#receiverOf.get(message.run) !== receiver) continue;
      message.run = undefined;
      message.visibleAt = this.#world.now + seconds(60);
    }
  }

  readonly #receiverOf = new Map<Run, Instance>();

  #serve(message: Queued): void {
    if (message.settled !== undefined || message.visibleAt > this.#world.now) return;
    if (message.run?.isRunning === false) this.#settle(message, message.run);
    if (message.settled === undefined && message.run === undefined) this.#deliver(message);
  }

  #settle(message: Queued, { outcome, error }: Run): void {
    message.run = undefined;
    message.settled = settlementOf(outcome === undefined ? { error } : { outcome });
  }

  #deliver(message: Queued): void {
    const alive = this.receivers.filter(({ machine }) => !machine.isCrashed);
    this.#turn += 1;
    const receiver = alive[this.#turn % alive.length];
    if (receiver === undefined) return;
    if (message.deliveryCount === this.#maxDeliveryCount) {
      message.settled = 'dead-lettered';
      return;
    }
    message.deliveryCount += 1;
    message.run = receiver.start({ ...message.of, deliveryCount: message.deliveryCount });
    this.#receiverOf.set(message.run, receiver);
  }
}
