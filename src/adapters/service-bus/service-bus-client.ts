import { ServiceBusClient } from '@azure/service-bus';
import { seconds } from '../../domain/time.ts';
import './no-delay.ts';
import { withTimeLimit } from './time-limit.ts';

/**
 * A client for the namespace of `connectionString`. It connects at the first use of a sender or receiver made from it.
 *
 * The SDK's own defaults let one call wait for minutes: 60 s for an answer that was lost with its connection, then 30 s
 * before each of three more tries. Nobody who called us waits that long.
 */
export const serviceBusClientFromConnectionString = (connectionString: string): ServiceBusClient =>
  new ServiceBusClient(connectionString, { retryOptions: { timeoutInMs: 3000, maxRetries: 2, retryDelayInMs: 200 } });

/** Resolves when the connection is closed; after 2 s at most: if it breaks meanwhile, the SDK waits for ever. */
export const closeServiceBusClient = (client: ServiceBusClient): Promise<void> =>
  withTimeLimit(client.close(), seconds(2)).catch(() => undefined);
