import { hash } from 'node:crypto';
import { deliveryFrom } from '../../src/adapters/cloud-events/delivery-from.ts';
import { eventContentType, eventDocument } from '../../src/adapters/cloud-events/event-document.ts';
import { fingerprintOf } from '../../src/adapters/system/fingerprint-of.ts';
import { lockScope } from '../guards/guard.ts';
import { deliveryOf } from '../guards/product.ts';
import { serveCalls } from '../processes/serve-calls.ts';

/** What a message carries: one long text, or many members in the order in which one would write them. */
export type Shape = 'text' | 'members';

const contents: Readonly<Record<Shape, (bytes: number) => unknown>> = {
  text: (bytes) => ({ text: 'x'.repeat(bytes) }),
  members: (bytes) => Array.from({ length: Math.round(bytes / 80) }, (_, place) => ({ ...line, place })),
};
const line = { sku: 'A-1234567', name: 'a line of an order', price: 12.5, amount: 3 };

serveCalls({
  /** CPU in microseconds from the bytes of a delivery to its fingerprint, and of the least that reads and hashes them. */
  measure: ({ shape, bytes, times }: { shape: Shape; bytes: number; times: number }) => {
    const { message } = deliveryOf('message', 1, contents[shape](bytes));
    const body = Buffer.from(eventDocument(message));
    const received = {
      body,
      messageId: 'message',
      contentType: eventContentType,
      applicationProperties: {},
      deliveryCount: 1,
      sequenceNumber: '1',
      enqueuedTime: '2024-01-01T00:00:00.000Z',
      expiresAt: undefined,
    };
    const options = { consumer: { scope: lockScope, ownSource: message.source }, fingerprintOf };
    const least = () => [JSON.parse(body.toString()), hash('sha256', body)];
    return { oursUs: cpuUs(() => deliveryFrom(received, options), times), leastUs: cpuUs(least, times) };
  },
});

function cpuUs(something: () => unknown, times: number): number {
  const cpu = process.cpuUsage();
  for (let time = 0; time < times; time += 1) something();
  const { user, system } = process.cpuUsage(cpu);
  return (user + system) / times;
}
