import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { deliveryFrom } from '../../src/adapters/cloud-events/delivery-from.ts';
import { toReceivedMessage } from '../../src/adapters/service-bus/to-received-message.ts';
import { fingerprintOf } from '../../src/adapters/system/fingerprint-of.ts';
import type { ReceivedMessage } from '../../src/application/ports/received-message.ts';
import { onDelivery } from '../../src/entrypoints/standalone/on-delivery.ts';
import { casesOf } from '../support/cases.ts';
import { type HostileMessage, hostileMessages } from '../support/hostile-messages.ts';
import { consumer, effectNameOf, HostileQueue } from '../support/hostile-queue.ts';

const count = casesOf('messages of any kind, in memory');

it(`${count} messages of any kind through the standalone host's path each end completed, or dead-lettered with a reason`, async () => {
  const queue = new HostileQueue();
  const deliver = onDelivery(queue.processMessage, {
    consumer,
    log: () => undefined,
    shutdown: new AbortController().signal,
    maxDeliveryCount: 10,
  });
  const ends = { completed: 0, 'dead-lettered': 0 };
  await fc.assert(
    fc.asyncProperty(hostileMessages, async (hostile) => {
      const ended = await endOf(hostile);
      ends[ended] += 1;
    }),
    { numRuns: count, includeErrorInReport: true },
  );
  // The queue goes on, and neither kind is the exception.
  expect(Math.min(ends.completed, ends['dead-lettered'])).toBeGreaterThan(count / 10);
  expect(await endOf({ ...good, messageId: 'good' })).toBe('completed');

  /** Delivers it once, which is enough: nothing is left to another delivery that cannot end better. */
  async function endOf(hostile: HostileMessage): Promise<keyof typeof ends> {
    const message = received(hostile);
    const settlement = await queue.until(deliver(message, noSlot));
    if (settlement.kind === 'abandon') throw new Error('It is given back, for nothing.');
    if (settlement.kind === 'dead-letter') {
      expect(settlement.reason).toMatch(/^(UnusableMessage|MessageMismatch)Error$/);
      expect(settlement.description).toMatch(
        /(?:Send|Set|Correct) .+[.]$|send each event by itself[.]$| send it again under an ID of its own/s,
      );
      return 'dead-lettered';
    }
    const { key } = deliveryFrom(message, { consumer, fingerprintOf });
    const stored = await queue.locks.read(queue.lockNameOf(key));
    expect(stored?.record).toMatchObject({ state: 'completed', messageId: key.id });
    expect(stored?.record.source).toBe(key.source);
    expect(queue.effects.get(effectNameOf(key))).toBeDefined();
    return 'completed';
  }
});

const noSlot = { park: () => undefined, unpark: async () => undefined, end: () => undefined };

const good: HostileMessage = {
  body: Buffer.from('{"a":1}'),
  messageId: 'good',
  contentType: 'application/json',
  applicationProperties: undefined,
  deliveryCount: 0,
};

/** What the SDK's message becomes in the standalone host. */
const received = (hostile: HostileMessage): ReceivedMessage =>
  toReceivedMessage(hostile as unknown as ServiceBusReceivedMessage);
