import type { ServiceBusClient, ServiceBusReceiver } from '@azure/service-bus';
import { createReceiver, type SourceEntity } from './source-entity.ts';

/** Asks a queue or subscription for an answer without taking anything from it: it looks at one message, or at none. */
export class QueueProbe {
  readonly #receiver: ServiceBusReceiver;

  /** The client stays the caller's, who closes it. */
  constructor(client: ServiceBusClient, entity: SourceEntity) {
    // It opens no link for receiving as long as nothing is received: a peek goes over the management link.
    this.#receiver = createReceiver(client, entity);
  }

  /** @throws ServiceBusError if the queue does not answer, or does not let us receive. */
  async reach(): Promise<void> {
    await this.#receiver.peekMessages(1);
  }
}
