import {
  type RetryOptions,
  ServiceBusClient,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
} from '@azure/service-bus';
import { onTestFinished, vi } from 'vitest';
import { type ServiceBusEmulatorOptions, startServiceBusEmulator } from '../src/service-bus-emulator.ts';
import { ManualClock } from './manual-clock.ts';

export const queue = 'orders';

/** What only a hang takes. The run says how slow its machine is; by itself, a run takes it for a quiet one. */
const longestMs = 60_000 * Number(process.env['SLOWNESS_OF_MACHINE'] ?? 1);

/** What `check` returns, as soon as it does not throw or reject. */
export const until = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: longestMs, interval: 10 });

/** An emulator with one queue on a free port, and the unmodified SDK. Both are closed when the test is over. */
export async function startEmulator(options: Partial<ServiceBusEmulatorOptions> = {}) {
  const clock = new ManualClock();
  const emulator = await startServiceBusEmulator({
    port: 0,
    entities: { queues: [{ name: queue }] },
    clock,
    ...options,
  });
  onTestFinished(() => emulator.close());
  return { emulator, clock, ...connect(emulator.connectionString) };
}

/** A client of its own connection, with a sender and a receiver. Closed when the test is over. */
export function connect(connectionString: string, retryOptions: RetryOptions = {}) {
  const client = new ServiceBusClient(connectionString, {
    retryOptions: { retryDelayInMs: 200, maxRetries: 3, timeoutInMs: longestMs, ...retryOptions },
  });
  onTestFinished(() => client.close());
  return { client, sender: client.createSender(queue), receiver: client.createReceiver(queue) };
}

/** The next message. Waits for it. */
export async function receiveOne(receiver: ServiceBusReceiver): Promise<ServiceBusReceivedMessage> {
  const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: longestMs });
  if (message === undefined) throw new Error('No message came');
  return message;
}

/** Whatever comes at once. */
export const receiveNone = (receiver: ServiceBusReceiver): Promise<ServiceBusReceivedMessage[]> =>
  receiver.receiveMessages(1, { maxWaitTimeInMs: 100 });
