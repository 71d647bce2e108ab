import { type RetryOptions, ServiceBusClient } from '@azure/service-bus';
import { type ServiceBusEmulator, type ServiceBusEmulatorOptions, startServiceBusEmulator } from 'service-bus-emulator';
import { onTestFinished } from 'vitest';
import { closeServiceBusClient } from '../../../src/adapters/service-bus/service-bus-client.ts';
import { slownessOfMachine } from '../../support/machine-speed.ts';

export const queueName = 'messages';

/** An emulator with one queue on a free port. It is closed when the test is over. */
export async function startQueue(options: Partial<ServiceBusEmulatorOptions> = {}): Promise<ServiceBusEmulator> {
  const emulator = await startServiceBusEmulator({ port: 0, entities: { queues: [{ name: queueName }] }, ...options });
  onTestFinished(() => emulator.close());
  return emulator;
}

/**
 * A client that soon gives up on an answer, so that a test need not wait for it: as soon as this machine is fast. It is closed
 * when the test is over.
 */
export function connect(
  { connectionString }: Pick<ServiceBusEmulator, 'connectionString'>,
  retryOptions: RetryOptions = {},
): ServiceBusClient {
  const { timeoutInMs = 1000, ...retries } = retryOptions;
  const client = new ServiceBusClient(connectionString, {
    retryOptions: {
      maxRetries: 0,
      retryDelayInMs: 50,
      ...retries,
      timeoutInMs: Math.round(timeoutInMs * slownessOfMachine()),
    },
  });
  onTestFinished(() => closeServiceBusClient(client));
  return client;
}

/** Puts one message with each of these IDs on the queue. */
export async function send(client: ServiceBusClient, ...messageIds: readonly string[]): Promise<void> {
  const sender = client.createSender(queueName);
  for (const messageId of messageIds) await sender.sendMessages({ messageId, body: Buffer.from(messageId) });
  await sender.close();
}
