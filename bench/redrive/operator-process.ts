import { createWriteStream } from 'node:fs';
import { devNull } from 'node:os';
import { PassThrough } from 'node:stream';
import { ServiceBusClient } from '@azure/service-bus';
import { deliveryFrom } from '../../src/adapters/cloud-events/delivery-from.ts';
import { fingerprintOf } from '../../src/adapters/system/fingerprint-of.ts';
import { Token } from '../../src/entrypoints/composition/container.ts';
import { runIsb } from '../../src/entrypoints/operator/run-isb.ts';
import { connectionString } from '../guards/access.ts';
import { lockContainer } from '../guards/guard.ts';
import { productWith } from '../guards/product.ts';
import { serveCalls } from '../processes/serve-calls.ts';
import type { BlobAddresses } from '../servers/blob-process.ts';
import { letterBody, letterId, queue } from './letters.ts';

// Somebody who puts dead letters back, in one way or another.

export interface Place {
  readonly blobs: BlobAddresses;
  readonly serviceBus: string;
}

/** How long it took, and what it took of this process, in milliseconds. */
export interface Redriven {
  readonly tookMs: number;
  readonly cpuMs: number;
}

serveCalls({
  /** Has the work of every other one of as many messages begin, fail and be released. */
  begin: async ({ blobs, count }: { readonly blobs: BlobAddresses; readonly count: number }) => {
    const fails = async () => {
      throw new Error('The carrier does not answer.');
    };
    const container = productWith(fails, { blobs, access: 'key' }, { settings: { QUEUE_NAME: queue } });
    const processMessage = container.get(Token.processMessage);
    const places = Array.from({ length: count / 2 }).keys();
    const worker = async () => {
      for (const place of places) {
        const delivery = deliveryFrom(receivedMessage(2 * place), {
          consumer: { scope: queue, ownSource: '/api/messages' },
          fingerprintOf,
        });
        await processMessage.run(delivery).catch(() => undefined);
      }
    };
    await Promise.all(Array.from({ length: 16 }, worker));
  },
  /** As the operator's command does it. */
  isb: ({ options, ...place }: Place & { readonly options: readonly string[] }) =>
    measured(async () => {
      const stderr = createWriteStream(devNull);
      const code = await runIsb({
        args: [
          ...['dead', 'redrive', '--verdict', 'never-started,interrupted', '--reason', 'a measurement', '--yes'],
          ...options,
        ],
        env: {
          ServiceBusConnection: place.serviceBus,
          LockStorage: connectionString(place.blobs),
          QUEUE_NAME: queue,
          LOCK_CONTAINER: lockContainer,
        },
        stdin: new PassThrough(),
        stdout: createWriteStream(devNull),
        stderr,
        signal: new AbortController().signal,
      });
      if (code !== 0) throw new Error(`isb ended with ${code}.`);
    }),
  /** One by one with the SDK, as it is usually written. */
  loop: ({ serviceBus }: Place) =>
    measured(async () => {
      const client = new ServiceBusClient(serviceBus);
      const receiver = client.createReceiver(queue, { subQueueType: 'deadLetter', skipParsingBodyAsJson: true });
      const sender = client.createSender(queue);
      for (;;) {
        const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 2000 });
        if (message === undefined) break;
        const { body, messageId, contentType } = message;
        await sender.sendMessages({
          body,
          ...(messageId !== undefined && { messageId }),
          ...(contentType !== undefined && { contentType }),
        });
        await receiver.completeMessage(message);
      }
      await client.close();
    }),
});

async function measured(work: () => Promise<void>): Promise<Redriven> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const tookMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { tookMs, cpuMs: (user + system) / 1000 };
}

const receivedMessage = (place: number) => ({
  body: letterBody,
  messageId: letterId(place),
  contentType: 'application/json',
  applicationProperties: {},
  deliveryCount: 1,
  sequenceNumber: '1',
  enqueuedTime: '2024-01-01T00:00:00.000Z',
  expiresAt: undefined,
});
