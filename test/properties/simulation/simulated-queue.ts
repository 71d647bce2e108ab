import { MessageMismatchError } from '../../../src/domain/errors.ts';
import { fingerprint } from '../../../src/domain/fingerprint.ts';
import type { Delivery, Message } from '../../../src/domain/message.ts';
import { durationMs } from '../../../src/domain/time.ts';
import { delivery } from '../../support/deliveries.ts';
import { type Ended, settlementOf } from '../../support/simulated-process.ts';
import type { MessagePlan } from './plan.ts';
import type { SimulatedInstance } from './simulated-instance.ts';
import type { SimulatedWorld } from './simulated-world.ts';

export type Settled = 'completed' | 'dead-lettered' | 'dead-lettered by the broker';

/** A queue in peek-lock mode. What is not settled in time is delivered again, to somebody else perhaps. */
export class SimulatedQueue {
  readonly settled: Settled[] = [];
  readonly #world: SimulatedWorld;
  #sent = 0;

  constructor(world: SimulatedWorld) {
    this.#world = world;
  }

  /** Delivers a message until it is settled. */
  async deliver(plan: MessagePlan, sent: Message = messageOf(plan)): Promise<void> {
    const { clock, plan: world, timeline } = this.#world;
    await clock.sleep(durationMs(plan.sentAt));
    this.#sent += 1;
    const sequenceNumber = String(this.#sent);
    for (let count = 0; ; count += 1) {
      if (count === world.maxDeliveryCount) return this.#settle(sequenceNumber, 'dead-lettered by the broker');
      const of: Delivery = delivery({
        message: { ...sent, properties: {} },
        fingerprint: contentOf(sent),
        deliveryCount: world.maxDeliveryCount === null ? Math.min(count + 1, 9) : count + 1,
        physical: { sequenceNumber, enqueuedTime: '2024-01-01T00:00:00.000Z' },
      });
      const receiver = this.#world.receiver(plan.receivers[count % plan.receivers.length] ?? 0);
      timeline.tell('queue', `delivers message ${sequenceNumber} to ${receiver.name}, delivery ${count + 1}`);
      const ended = await this.#untilBack(receiver, of, plan.lostAfter[count] ?? null);
      if (ended === undefined) continue;
      const settlement = settlementOf(ended);
      if (settlement === undefined) continue;
      if (count < plan.settlementsLost) {
        timeline.tell('queue', `does not get the settlement of message ${sequenceNumber}`);
        await clock.sleep(durationMs(world.peekLockMs));
        continue;
      }
      this.#judge(ended, of);
      return this.#settle(sequenceNumber, settlement);
    }
  }

  /** How the delivery ended; undefined if the broker has the message back before. */
  async #untilBack(receiver: SimulatedInstance, of: Delivery, lostAfter: number | null): Promise<Ended | undefined> {
    const { clock, plan } = this.#world;
    const over = new AbortController();
    const runsOut = async (after: Promise<unknown> | undefined, ms: number) => {
      await after;
      if (!over.signal.aborted) await clock.sleep(durationMs(ms), over.signal).catch(() => undefined);
      return undefined;
    };
    const run = receiver.deliver(of);
    this.#world.runs.push(Promise.race([run, receiver.crashed]));
    const ended = await Promise.race([
      run,
      runsOut(Promise.race([receiver.notRenewed, receiver.crashed]), plan.peekLockMs),
      ...(lostAfter === null ? [] : [runsOut(undefined, lostAfter)]),
    ]);
    over.abort(ended);
    return ended;
  }

  /** The promises that hold at the moment of a settlement, whatever comes after it. */
  #judge(ended: Ended, { fingerprint: content, physical }: Delivery): void {
    const { life, locks } = this.#world;
    const which = `message ${physical.sequenceNumber}`;
    if ('outcome' in ended) {
      if (!life.wasCompleted(content)) locks.wrong(`${which} is settled as completed, but its work was not`);
    } else if (ended.error instanceof MessageMismatchError) {
      if (!life.hadOtherContent(content)) locks.wrong(`${which} is dead-lettered for other content that never was`);
    } else if (!life.reasons.some((reason) => String(ended.error).includes(reason))) {
      locks.wrong(`${which} is dead-lettered for a reason that no lock has ever said`);
    }
  }

  #settle(sequenceNumber: string, settled: Settled): void {
    this.#world.timeline.tell('queue', `has message ${sequenceNumber} settled: ${settled}`);
    this.settled.push(settled);
  }
}

const messageOf = ({ hasOtherContent }: MessagePlan): Message => ({
  ...delivery().message,
  content: { kind: 'json', value: hasOtherContent ? 1 : 0 },
});

const contentOf = ({ content }: Message) => fingerprint(`jcs1:${content.kind === 'json' ? content.value : ''}`);
