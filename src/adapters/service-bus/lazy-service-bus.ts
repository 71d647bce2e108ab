import type { ServiceBusClient } from '@azure/service-bus';
import type { MessagePublisher } from '../../application/ports/message-publisher.ts';
import type { QueueProbe } from './queue-probe.ts';
import type { ServiceBusPublisher, ServiceBusPublisherSettings } from './service-bus-publisher.ts';

/** What makes a client, once it is loaded. */
export type ServiceBusClients = typeof import('./service-bus-client.ts');

/**
 * A namespace whose SDK is loaded when it is first needed. It is a third of what a Function App would load at its start, and
 * an instance that only works on messages never needs it: its host receives and settles them.
 */
export class LazyServiceBus {
  readonly #connect: (clients: ServiceBusClients) => ServiceBusClient;
  #client: Promise<ServiceBusClient> | undefined;

  constructor(connect: (clients: ServiceBusClients) => ServiceBusClient) {
    this.#connect = connect;
  }

  /** The one client of this process. It connects at the first use of what is made from it. */
  client(): Promise<ServiceBusClient> {
    this.#client ??= import('./service-bus-client.ts').then(this.#connect);
    return this.#client;
  }

  publisher(settings: ServiceBusPublisherSettings): MessagePublisher {
    let publisher: Promise<ServiceBusPublisher> | undefined;
    const load = async () => {
      const [adapter, client] = await Promise.all([import('./service-bus-publisher.ts'), this.client()]);
      return new adapter.ServiceBusPublisher(client, settings);
    };
    return {
      publish: async (message) => {
        publisher ??= load();
        return (await publisher).publish(message);
      },
    };
  }

  queueProbe(queueName: string): Pick<QueueProbe, 'reach'> {
    let probe: Promise<QueueProbe> | undefined;
    const load = async () => {
      const [adapter, client] = await Promise.all([import('./queue-probe.ts'), this.client()]);
      return new adapter.QueueProbe(client, queueName);
    };
    return {
      reach: async () => {
        probe ??= load();
        return (await probe).reach();
      },
    };
  }

  /** Closes the client if there is one, as closeServiceBusClient does. */
  async close(): Promise<void> {
    if (this.#client === undefined) return;
    const [{ closeServiceBusClient }, client] = await Promise.all([import('./service-bus-client.ts'), this.#client]);
    await closeServiceBusClient(client);
  }
}
