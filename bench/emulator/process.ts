import { setTimeout } from 'node:timers/promises';
import { ServiceBusClient } from '@azure/service-bus';
import { startServiceBusEmulator } from 'service-bus-emulator';
import { serveCalls } from '../processes/serve-calls.ts';
import { fanOut } from './fan-out.ts';
import { nextSession } from './next-session.ts';

export interface Load {
  readonly messages: number;
  readonly perSend: number;
}

/** What a tenth of the messages took, and the heap in use after it. */
export interface Tenth {
  readonly tookMs: number;
  readonly heapBytes: number;
}

/** How many messages may be on their way to the queue, and how many on their way out of it. */
const inFlight = 200;
/** The longest time in which no message is completed. */
const stallMs = 300_000;
const body = 'x'.repeat(510); // 512 bytes as JSON

// The emulator and the SDK in one process.
serveCalls({ measure, nextSession, fanOut });

/** Sends, receives and completes messages, all at the same time. The time of garbage collections in between is not counted. */
async function measure({ messages: total, perSend }: Load): Promise<readonly Tenth[]> {
  const emulator = await startServiceBusEmulator({ port: 0, entities: { queues: [{ name: 'bench' }] } });
  const client = new ServiceBusClient(emulator.connectionString);
  const sender = client.createSender('bench');
  const receiver = client.createReceiver('bench', { maxAutoLockRenewalDurationInMs: 0 });
  const tenths: Tenth[] = [];
  let sent = 0;
  let completed = 0;
  let progress = Promise.withResolvers<void>();
  const allCompleted = Promise.withResolvers<void>();
  let start = performance.now();

  const endTenth = () => {
    const tookMs = performance.now() - start;
    globalThis.gc?.();
    tenths.push({ tookMs, heapBytes: process.memoryUsage().heapUsed });
    start = performance.now();
  };
  const send = async () => {
    while (sent < total) {
      const messages = Array.from({ length: Math.min(perSend, total - sent) }, (_, place) => ({
        body,
        messageId: `message-${sent + place}`,
      }));
      sent += messages.length;
      const [message] = messages;
      await sender.sendMessages(perSend === 1 && message !== undefined ? message : messages);
      // Do not run away from the receiver: a queue that only grows would look like a leak.
      while (sent - completed > 2 * inFlight) await progress.promise;
    }
  };
  receiver.subscribe(
    {
      processMessage: async (message) => {
        await receiver.completeMessage(message);
        completed += 1;
        if (completed % 50 === 0) {
          progress.resolve();
          progress = Promise.withResolvers<void>();
        }
        if (completed % (total / 10) === 0) endTenth();
        if (completed === total) allCompleted.resolve();
      },
      processError: async ({ error }) => allCompleted.reject(error),
    },
    { maxConcurrentCalls: inFlight, autoCompleteMessages: false },
  );
  const senders = Array.from({ length: Math.ceil(inFlight / perSend) }, send);
  const stall = async () => {
    for (let seen = -1; seen < completed; ) {
      seen = completed;
      await setTimeout(stallMs, undefined, { ref: false });
    }
    throw new Error(
      `Only ${completed} of ${total} messages were completed, and none of them in the last ${stallMs} ms`,
    );
  };
  await Promise.race([stall(), Promise.all([allCompleted.promise, ...senders])]);
  await client.close();
  await emulator.close();
  return tenths;
}
