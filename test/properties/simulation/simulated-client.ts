import { InMemoryMessagePublisher } from '../../../src/adapters/in-memory/in-memory-message-publisher.ts';
import { hasEnded, type MessageStatus } from '../../../src/application/get-message-status.ts';
import { SubmitMessage } from '../../../src/application/submit-message.ts';
import { ownerId } from '../../../src/domain/owner.ts';
import { seconds } from '../../../src/domain/time.ts';
import { messageId } from '../../support/lock-records.ts';
import type { ClientPlan } from './plan.ts';
import type { SimulatedWorld } from './simulated-world.ts';

/** Somebody who submits the message until the queue has confirmed it, and then asks for its status until it has ended. */
export class SimulatedClient {
  /** How the message ended, as it was told. */
  end: MessageStatus | undefined;
  readonly #world: SimulatedWorld;
  readonly #plan: ClientPlan;

  constructor(world: SimulatedWorld, plan: ClientPlan) {
    this.#world = world;
    this.#plan = plan;
  }

  async run(): Promise<void> {
    const { clock, status } = this.#world;
    await clock.sleep(this.#plan.at);
    const deliveries = await this.#submit();
    while (this.end === undefined) {
      const seen = await status.ask();
      if (seen !== undefined && hasEnded(seen)) this.end = seen;
      else await clock.sleep(seconds(5));
    }
    await Promise.all(deliveries);
  }

  /** Sends again until it is told that the queue has it. What the queue has is delivered from then on. */
  async #submit(): Promise<readonly Promise<void>[]> {
    const { clock, queue, timeline } = this.#world;
    const faults = [...this.#plan.faults];
    const publisher = new InMemoryMessagePublisher(() => faults.shift() ?? undefined);
    const ids = { newMessageId: () => messageId('unused'), newOwnerId: () => ownerId('unused') };
    const submitMessage = new SubmitMessage(
      { publisher, ids, clock },
      { scope: 'queue', ownSource: '/test', type: 'test' },
    );
    const deliveries: Promise<void>[] = [];
    for (;;) {
      const outcome = await submitMessage.run({ id: messageId('m-1'), content: { kind: 'json', value: 0 } });
      timeline.tell('client', `submits the message: ${outcome.kind}`);
      for (const message of publisher.published.slice(deliveries.length)) {
        deliveries.push(queue.deliver({ ...this.#plan.message, sentAt: 0 }, message));
      }
      if (outcome.kind === 'published') return deliveries;
      await clock.sleep(seconds(1));
    }
  }
}
