import { ServiceBusClient, type ServiceBusClientOptions, type TokenCredential } from '@azure/service-bus';
import { seconds } from '../../domain/time.ts';
import './address-of-a-lost-link.ts';
import './frames-together.ts';
import './no-delay.ts';
import { withTimeLimit } from './time-limit.ts';

/**
 * The SDK's own defaults let one call wait for minutes: 60 s for an answer that was lost with its connection, then 30 s
 * before each of three more tries. Nobody who called us waits that long.
 */
const clientOptions: ServiceBusClientOptions = {
  retryOptions: { timeoutInMs: 3000, maxRetries: 2, retryDelayInMs: 200 },
};

/**
 * A client for the namespace of `connectionString`. It connects at the first use of a sender or receiver made from it.
 *
 * @throws Error if the text is not a connection string.
 */
export const serviceBusClientFromConnectionString = (connectionString: string): ServiceBusClient =>
  new ServiceBusClient(connectionString, clientOptions);

/**
 * A client for a namespace, by its host name, reached as an identity that may receive and send (roles "Azure Service Bus Data
 * Receiver" and "Azure Service Bus Data Sender"). It connects, and asks for a token, at the first use.
 */
export const serviceBusClientFromIdentity = (
  fullyQualifiedNamespace: string,
  credential: TokenCredential,
): ServiceBusClient => new ServiceBusClient(fullyQualifiedNamespace, credential, clientOptions);

/** Resolves when the connection is closed; after 2 s at most: if it breaks meanwhile, the SDK waits forever. */
export const closeServiceBusClient = (client: ServiceBusClient): Promise<void> =>
  withTimeLimit(client.close(), seconds(2)).catch(() => undefined);
