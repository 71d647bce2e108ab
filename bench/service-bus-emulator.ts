import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ServiceBusClient } from '@azure/service-bus';
import { ServiceBusEmulator } from '../src/entrypoints/local/service-bus-emulator/service-bus-emulator.ts';

/**
 * Sends, receives and completes messages with 512-byte bodies, with the emulator and the SDK in this one process, and
 * prints messages per second and the heap in use (after a garbage collection) at intervals. Stops by itself.
 *
 *     node bench/service-bus-emulator.ts [messages, default 200000]
 */
const total = Number(process.argv[2] ?? 200_000);
const reportEvery = total / 10;
/** How many messages may be on their way at once. */
const inFlight = 200;
const deadlineMs = 180_000;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

const emulator = await ServiceBusEmulator.start({ port: 0, queues: [{ name: 'bench' }] });
const client = new ServiceBusClient(emulator.connectionString);
const sender = client.createSender('bench');
const receiver = client.createReceiver('bench', { maxAutoLockRenewalDurationInMs: 0 });
const body = 'x'.repeat(510); // 512 bytes as JSON

let completed = 0;
let progress = Promise.withResolvers<void>();
let lastReport = performance.now();
const start = lastReport;

function report(): void {
  const now = performance.now();
  const rate = reportEvery / ((now - lastReport) / 1000);
  collectGarbage();
  const heap = process.memoryUsage().heapUsed / 2 ** 20;
  const rss = process.memoryUsage().rss / 2 ** 20;
  print(
    `${completed} messages  ${rate.toFixed(0)} messages/s  heap ${heap.toFixed(1)} MiB  resident ${rss.toFixed(0)} MiB`,
  );
  lastReport = performance.now();
}

const print = (line: string) => process.stdout.write(`${line}\n`);

const allCompleted = Promise.withResolvers<void>();
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

let sent = 0;
async function sendInTurn(): Promise<void> {
  while (sent < total) {
    sent += 1;
    await sender.sendMessages({ body, messageId: `message-${sent}` });
    // Do not run away from the receiver: a queue that only grows would be measured as a leak.
    while (sent - completed > 2 * inFlight) await progress.promise;
  }
}

const giveUp = setTimeout(deadlineMs, undefined, { ref: false }).then(() => {
  throw new Error(`Only ${completed} of ${total} messages were completed in ${deadlineMs} ms`);
});
await Promise.race([giveUp, Promise.all([allCompleted.promise, ...Array.from({ length: inFlight }, sendInTurn)])]);
const seconds = (performance.now() - start) / 1000;
print(
  `${total} messages sent, received and completed in ${seconds.toFixed(1)} s: ${(total / seconds).toFixed(0)} messages/s`,
);
await client.close();
await emulator.close();
