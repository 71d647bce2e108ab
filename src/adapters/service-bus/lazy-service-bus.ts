import type { ServiceBusClient } from '@azure/service-bus';
import type { MessagePublisher } from '../../application/ports/message-publisher.ts';
import type { QueueProbe } from './queue-probe.ts';
import type { ServiceBusPublisherSettings } from './service-bus-publisher.ts';
import type { SourceEntity } from './source-entity.ts';

/** What makes a client, once it is loaded. */
export type ServiceBusClients = typeof import('./service-bus-client.ts');

/**
 * A namespace whose SDK is loaded when it is first needed. It is a third of what a Function App would load at its start, and
 * an instance that only works on messages never needs it: its host receives and settles them.
 */
export class LazyServiceBus {
  /** The one client of this process. It connects at the first use of what is made from it. */
  readonly client: () => Promise<ServiceBusClient>;
  #isLoaded = false;

  constructor(connect: (clients: ServiceBusClients) => ServiceBusClient) {
    this.client = once(async () => {
      this.#isLoaded = true;
      return connect(await import('./service-bus-client.ts'));
    });
  }

  publisher(settings: ServiceBusPublisherSettings): MessagePublisher {
    const publisher = once(async () => {
      const [adapter, client] = await Promise.all([import('./service-bus-publisher.ts'), this.client()]);
      return new adapter.ServiceBusPublisher(client, settings);
    });
    return { publish: async (message, hop) => (await publisher()).publish(message, hop) };
  }

  queueProbe(entity: SourceEntity): Pick<QueueProbe, 'reach'> {
    const probe = once(async () => {
      const [adapter, client] = await Promise.all([import('./queue-probe.ts'), this.client()]);
      return new adapter.QueueProbe(client, entity);
    });
    return { reach: async () => (await probe()).reach() };
  }

  /** Closes the client if there is one, as closeServiceBusClient does. */
  async close(): Promise<void> {
    if (!this.#isLoaded) return;
    const [{ closeServiceBusClient }, client] = await Promise.all([import('./service-bus-client.ts'), this.client()]);
    await closeServiceBusClient(client);
  }
}

/** `make`, whose first result serves all who ask. A failure serves only those who asked before it: the next one tries again. */
function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
