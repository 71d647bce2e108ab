import { randomUUID } from 'node:crypto';
import { ServiceBusClient, type ServiceBusMessage } from '@azure/service-bus';
import { startServiceBusEmulator } from 'service-bus-emulator';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  ServiceBusDeadLetters,
  ServiceBusQueuedMessages,
} from '../../../../src/adapters/service-bus/dead-letters/service-bus-dead-letters.ts';
import type { DeadLetterMessage } from '../../../../src/application/operate/dead-letters.ts';
import { seconds } from '../../../../src/domain/time.ts';

const stamp = { who: 'ann', reason: 'mended' };

/** A queue with these dead letters, and what an operator has of it. */
async function deadLettered(messages: readonly ServiceBusMessage[]) {
  const queue = `q-${randomUUID()}`;
  const emulator = await startServiceBusEmulator({ port: 0, entities: { queues: [{ name: queue }] } });
  onTestFinished(() => emulator.close());
  const client = new ServiceBusClient(emulator.connectionString);
  onTestFinished(() => client.close());
  await client.createSender(queue).sendMessages([...messages]);
  const receiver = client.createReceiver(queue);
  for (let left = messages.length; left > 0; ) {
    const received = await receiver.receiveMessages(left);
    const cause = { deadLetterReason: 'Broken', deadLetterErrorDescription: 'It is.' };
    await Promise.all(received.map((message) => receiver.deadLetterMessage(message, cause)));
    left -= received.length;
  }
  await receiver.close();
  const connect = async () => client;
  const source = { queue };
  return {
    letters: new ServiceBusDeadLetters(connect, { source, timeToLiveMs: seconds(3600) }),
    queued: new ServiceBusQueuedMessages(connect, { source, timeToLiveMs: seconds(60) }),
    received: () => client.createReceiver(queue, { skipParsingBodyAsJson: true }).receiveMessages(10),
    snapshot: () => emulator.inspect(queue),
  };
}

async function all(letters: AsyncIterable<readonly DeadLetterMessage[]>): Promise<readonly DeadLetterMessage[]> {
  const found: DeadLetterMessage[] = [];
  for await (const page of letters) found.push(...page);
  return found;
}

const order: ServiceBusMessage = {
  messageId: 'm-1',
  body: Buffer.from('{"id": "a", "n": 12345678901234567890, "z":1.0}'),
  contentType: 'application/json',
  subject: 'order',
  correlationId: 'c-1',
  to: 'here',
  replyTo: 'there',
  applicationProperties: { priority: 'high', count: 2, isNew: true },
};

describe('Dead letters', () => {
  it('are listed whole, again and again, without being taken', async () => {
    const { letters, snapshot } = await deadLettered(
      Array.from({ length: 300 }, (_, n) => ({ ...order, messageId: `m-${n}` })),
    );
    const listed = await all(letters.pages());
    expect(listed.map(({ received }) => received.messageId)).toEqual(Array.from({ length: 300 }, (_, n) => `m-${n}`));
    expect(listed[0]).toMatchObject({
      reason: 'Broken',
      description: 'It is.',
      notRepeatable: undefined,
      received: { applicationProperties: order.applicationProperties },
    });
    expect(await all(letters.pages())).toHaveLength(300);
    expect(snapshot()?.deadLettered.every(({ deliveryCount }) => deliveryCount === 0)).toBe(true);
  });

  it('are sent again byte for byte, without why they were dead, and with who did it', async () => {
    const { letters, received, snapshot } = await deadLettered([order]);
    const pass = await letters.take(stamp);
    const taken = await pass.receive(10);
    await pass.resend(taken);
    expect([...(await pass.seen(taken))]).toEqual(taken);
    expect(await pass.remove(taken)).toEqual([]);
    await pass.end();
    expect(snapshot()?.deadLettered).toEqual([]);
    const [copy] = await received();
    const { applicationProperties: properties, ...given } = order;
    expect(copy).toMatchObject({ ...given, timeToLive: 3_600_000, deadLetterReason: undefined });
    expect(copy?.applicationProperties).toEqual({
      ...properties,
      'isb-redriven-from': '1',
      'isb-redrive': expect.any(String),
      'isb-redrive-count': 1,
      'isb-redriven-by': 'ann',
      'isb-redrive-reason': 'mended',
      'isb-redriven-at': expect.stringMatching(/^\d{4}-/),
    });
  });

  it('that are not removed are given back when the pass ends', async () => {
    const { letters, snapshot } = await deadLettered([order, { ...order, messageId: 'm-2' }]);
    const pass = await letters.take(stamp);
    const [first] = await pass.receive(10);
    expect(await pass.remove(first === undefined ? [] : [first])).toEqual([]);
    expect(snapshot()?.deadLettered).toMatchObject([{ messageId: 'm-2', lockedUntil: expect.any(Number) }]);
    await pass.end();
    expect(snapshot()?.deadLettered).toMatchObject([{ messageId: 'm-2', lockedUntil: undefined }]);
  });

  it('say if they cannot be sent again as they came', async () => {
    const bytes = Buffer.from('x') as never;
    const { letters } = await deadLettered([order, { ...order, applicationProperties: { tag: bytes } }]);
    const listed = await all(letters.pages());
    expect(listed.map(({ notRepeatable }) => notRepeatable)).toEqual([
      undefined,
      'the type of its property "tag" is not known any more',
    ]);
  });

  it('leave the messages of the queue itself to be looked at, too', async () => {
    const { letters, queued } = await deadLettered([order]);
    const pass = await letters.take(stamp);
    await pass.resend(await pass.receive(1));
    await pass.end();
    const found: unknown[] = [];
    for await (const page of queued.pages()) found.push(...page.map(({ messageId }) => messageId));
    expect(found).toEqual(['m-1']);
  });
});
