import {
  type RetryOptions,
  ServiceBusClient,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
} from '@azure/service-bus';
import { onTestFinished } from 'vitest';
import { ServiceBusEmulator, type ServiceBusEmulatorOptions } from '../src/service-bus-emulator.ts';
import { ManualClock } from './manual-clock.ts';

export const queue = 'orders';

/** An emulator with one queue on a free port, and the unmodified SDK. Both are closed when the test is over. */
export async function startEmulator(options: Partial<ServiceBusEmulatorOptions> = {}) {
  const clock = new ManualClock();
  const emulator = await ServiceBusEmulator.start({ port: 0, queues: [{ name: queue }], clock, ...options });
  onTestFinished(() => emulator.close());
  return { emulator, clock, ...connect(emulator.connectionString) };
}

/** A client of its own connection, with a sender and a receiver. Closed when the test is over. */
export function connect(connectionString: string, retryOptions: RetryOptions = {}) {
  const client = new ServiceBusClient(connectionString, {
    retryOptions: { retryDelayInMs: 200, maxRetries: 3, timeoutInMs: 5_000, ...retryOptions },
  });
  onTestFinished(() => client.close());
  return { client, sender: client.createSender(queue), receiver: client.createReceiver(queue) };
}

/** The next message. Waits for it. */
export async function receiveOne(receiver: ServiceBusReceiver): Promise<ServiceBusReceivedMessage> {
  const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 15_000 });
  if (message === undefined) throw new Error('No message came');
  return message;
}

/** Whatever comes at once. */
export const receiveNone = (receiver: ServiceBusReceiver): Promise<ServiceBusReceivedMessage[]> =>
  receiver.receiveMessages(1, { maxWaitTimeInMs: 100 });
