import { deliveryFrom } from '../../src/adapters/cloud-events/delivery-from.ts';
import { eventContentType, eventDocument } from '../../src/adapters/cloud-events/event-document.ts';
import { fingerprintOf } from '../../src/adapters/system/fingerprint-of.ts';
import type { ProcessMessage } from '../../src/application/process-message.ts';
import { SweepLocks, type SweepOutcome } from '../../src/application/sweep-locks.ts';
import { seconds } from '../../src/domain/time.ts';
import { Token } from '../../src/entrypoints/composition/container.ts';
import { markersOfOldApp } from '../../test/support/sweeping.ts';
import { lockScope } from '../guards/guard.ts';
import { measure } from '../guards/measure.ts';
import { deliveryOf, productWith } from '../guards/product.ts';
import { serveCalls } from '../processes/serve-calls.ts';
import type { BlobAddresses } from '../servers/blob-process.ts';

// One instance of the product, of which more and more is asked.
let processMessage: Pick<ProcessMessage, 'run'>;
let sweep: () => Promise<SweepOutcome>;
let stepsToDo = 0;
let stepTimesMs: number[] = [];
const stepResult = 'x'.repeat(165); // with its name and status about 210 bytes of the record

serveCalls({
  start: (blobs: BlobAddresses) => {
    const container = productWith(
      async (_message, { step }) => {
        for (let place = 0; place < stepsToDo; place += 1) {
          const start = performance.now();
          await step(`step ${place}`, () => stepResult);
          stepTimesMs.push(performance.now() - start);
        }
      },
      { blobs, access: 'key' },
    );
    processMessage = container.get(Token.processMessage);
    sweep = async () => {
      const ports = {
        store: container.get(Token.lockStore),
        catalog: container.get(Token.lockCatalog),
        markers: await markersOfOldApp(lockScope),
        clock: container.get(Token.clock),
        ids: container.get(Token.ids),
        events: container.get(Token.lockEvents),
      };
      const retentions = { completedRetentionMs: seconds(8 * 86_400), abandonedRetentionMs: seconds(14 * 86_400) };
      return new SweepLocks(ports, { lockScope, ...retentions }).run();
    };
  },
  /** How long each checkpoint of one message takes, in milliseconds. */
  checkpoints: async (steps: number): Promise<readonly number[]> => {
    stepsToDo = steps;
    stepTimesMs = [];
    await processMessage.run(deliveryOf(crypto.randomUUID(), 1));
    stepsToDo = 0;
    return stepTimesMs;
  },
  sweep: async (): Promise<Swept> => {
    globalThis.gc?.();
    const cpu = process.cpuUsage();
    const start = performance.now();
    const outcome = await sweep();
    if (outcome.kind !== 'swept') throw new Error('It was too early to sweep.');
    const { user, system } = process.cpuUsage(cpu);
    const { listed, deleted } = outcome;
    const cpuUs = user + system;
    const tookMs = performance.now() - start;
    globalThis.gc?.();
    return { listed, deleted, cpuUs, tookMs, heapBytes: process.memoryUsage().heapUsed };
  },
  guard: (messages: number) =>
    measure((id) => processMessage.run(deliveryOf(id, 1)), { concurrency: 16, durationMs: 60_000, most: messages }),
  /** From the bytes that the queue hands over, as a host does it. */
  guardBodies: ({ bytes, messages }: { bytes: number; messages: number }) => {
    const value = { text: 'x'.repeat(Math.max(0, bytes - 11)) };
    const guardBody = (id: string) => {
      const { message } = deliveryOf(id, 1, value);
      const received = {
        body: Buffer.from(eventDocument(message)),
        messageId: id,
        contentType: eventContentType,
        applicationProperties: {},
        deliveryCount: 1,
        sequenceNumber: '1',
        enqueuedTime: '2024-01-01T00:00:00.000Z',
        expiresAt: undefined,
      };
      return processMessage.run(
        deliveryFrom(received, { consumer: { scope: lockScope, ownSource: message.source }, fingerprintOf }),
      );
    };
    return measure(guardBody, { concurrency: 16, durationMs: 60_000, most: messages });
  },
});

/** What one sweep found and cost this process. */
export interface Swept {
  readonly listed: number;
  readonly deleted: number;
  readonly cpuUs: number;
  readonly tookMs: number;
  /** In use afterwards. */
  readonly heapBytes: number;
}
