import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ServiceBusClient } from '@azure/service-bus';
import { ServiceBusEmulator } from '../src/entrypoints/local/service-bus-emulator/service-bus-emulator.ts';

/**
 * Sends, receives and completes messages with 512-byte bodies, all at the same time, with the emulator and the SDK in this
 * one process. Prints at ten intervals how many messages per second were completed, and the memory in use after a garbage
 * collection, whose time is not counted. Stops by itself.
 *
 *     node bench/service-bus-emulator.ts [messages, default 200000] [messages per send, default 20]
 */
const [total = 200_000, perSend = 20] = process.argv.slice(2).map(Number);
const reportEvery = total / 10;
/** How many messages may be on their way to the queue, and how many on their way out of it. */
const inFlight = 200;
const deadlineMs = 300_000;
const body = 'x'.repeat(510); // 512 bytes as JSON

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');
const emulator = await ServiceBusEmulator.start({ port: 0, queues: [{ name: 'bench' }] });
const client = new ServiceBusClient(emulator.connectionString);
const sender = client.createSender('bench');
const receiver = client.createReceiver('bench', { maxAutoLockRenewalDurationInMs: 0 });

let sent = 0;
let completed = 0;
let progress = Promise.withResolvers<void>();
const allCompleted = Promise.withResolvers<void>();
let measuredMs = 0;
let intervalStart = performance.now();

const print = (line: string) => process.stdout.write(`${line}\n`);
const perSecond = (messages: number, ms: number) => `${(messages / (ms / 1000)).toFixed(0)} messages/s`;
const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

function report(): void {
  const intervalMs = performance.now() - intervalStart;
  measuredMs += intervalMs;
  collectGarbage();
  const { heapUsed, rss } = process.memoryUsage();
  const memory = `heap ${mebibytes(heapUsed)}, resident ${mebibytes(rss)}`;
  print(`${completed} messages: ${perSecond(reportEvery, intervalMs)}, ${memory}`);
  intervalStart = performance.now();
}

async function send(): Promise<void> {
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
}

receiver.subscribe(
  {
    processMessage: async (message) => {
      await receiver.completeMessage(message);
      completed += 1;
      if (completed % 50 === 0) {
        progress.resolve();
        progress = Promise.withResolvers<void>();
      }
      if (completed % reportEvery === 0) report();
      if (completed === total) allCompleted.resolve();
    },
    processError: async ({ error }) => allCompleted.reject(error),
  },
  { maxConcurrentCalls: inFlight, autoCompleteMessages: false },
);
const senders = Array.from({ length: Math.ceil(inFlight / perSend) }, send);
const deadline = setTimeout(deadlineMs, undefined, { ref: false }).then(() => {
  throw new Error(`Only ${completed} of ${total} messages were completed in ${deadlineMs} ms`);
});
await Promise.race([deadline, Promise.all([allCompleted.promise, ...senders])]);
print(`${total} messages sent (${perSend} at a time), received and completed: ${perSecond(total, measuredMs)}`);
await client.close();
await emulator.close();
