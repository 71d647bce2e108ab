import type { Faults } from 'service-bus-emulator';
import { describe, expect, it } from 'vitest';
import { durationMs } from '../../../src/domain/time.ts';
import { paced } from '../../support/machine-speed.ts';
import { until } from '../../support/until.ts';
import { connect, queueName, send, startQueue } from './queue-fixture.ts';
import { abandon, complete, receiverFor } from './receiver-fixture.ts';

const empty = { active: [], locked: [], deadLettered: [] };

describe('QueueReceiver', () => {
  it('hands over the message as it is: bytes, IDs, times and a delivery count from 1', async () => {
    const client = connect(await startQueue());
    const body = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const sent = { messageId: '00012', body, contentType: 'text/plain', timeToLive: 60_000 };
    await client.createSender(queueName).sendMessages(sent);
    const { receiver, delivery } = receiverFor(client);
    await receiver.start();
    const { message } = await delivery(0);
    expect(message).toEqual({
      body,
      messageId: '00012',
      contentType: 'text/plain',
      applicationProperties: {},
      sent: {},
      deliveryCount: 1,
      sequenceNumber: '1',
      enqueuedTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      expiresAt: Date.parse(message.enqueuedTime) + 60_000,
    });
  });

  it('does not read JSON into a body, and gives a message without a time to live no expiry', async () => {
    const client = connect(await startQueue());
    await client.createSender(queueName).sendMessages({ body: Buffer.from(' {"a": 1.0}') });
    const { receiver, delivery } = receiverFor(client);
    await receiver.start();
    const { message } = await delivery(0);
    expect(message).toMatchObject({ body: Buffer.from(' {"a": 1.0}'), expiresAt: undefined });
  });

  it('completes a message', async () => {
    const emulator = await startQueue();
    const client = connect(emulator);
    await send(client, 'm');
    const { receiver, delivery } = receiverFor(client);
    await receiver.start();
    (await delivery(0)).settle(complete);
    await until(() => expect(emulator.inspect(queueName)).toMatchObject(empty));
  });

  it('abandons a message, which is delivered again and counted', async () => {
    const client = connect(await startQueue());
    await send(client, 'm');
    const { receiver, delivery } = receiverFor(client);
    await receiver.start();
    (await delivery(0)).settle(abandon);
    expect((await delivery(1)).message).toMatchObject({ messageId: 'm', deliveryCount: 2, sequenceNumber: '1' });
  });

  it('dead-letters a message with reason and description, cut to what the broker takes', async () => {
    const emulator = await startQueue();
    const client = connect(emulator);
    await send(client, 'm');
    const { receiver, delivery } = receiverFor(client);
    await receiver.start();
    (await delivery(0)).settle({ kind: 'dead-letter', reason: 'NoSuchCustomer', description: 'x'.repeat(5000) });
    const letter = { deadLetterReason: 'NoSuchCustomer', deadLetterErrorDescription: 'x'.repeat(4096) };
    await until(() => expect(emulator.inspect(queueName).deadLettered).toMatchObject([letter]));
  });

  it('settles each message in its own way when all are released in one tick', async () => {
    const emulator = await startQueue();
    const client = connect(emulator);
    await send(client, '0', '1', '2', '3', '4', '5', '6', '7');
    const { receiver, deliveries } = receiverFor(client, { maxConcurrentCalls: 8 });
    await receiver.start();
    await until(() => expect(deliveries).toHaveLength(8));
    const isOdd = (id: unknown) => Number(id) % 2 === 1;
    for (const { message, settle } of deliveries) {
      settle(isOdd(message.messageId) ? { kind: 'dead-letter', reason: 'odd', description: '' } : complete);
    }
    await until(() => expect(emulator.inspect(queueName)).toMatchObject({ active: [], locked: [] }));
    expect(emulator.inspect(queueName).deadLettered.map(({ messageId }) => messageId)).toEqual(['1', '3', '5', '7']);
  });

  it('abandons a message whose work throws instead of saying how to settle', async () => {
    const client = connect(await startQueue());
    await send(client, 'm');
    const { receiver, delivery, events } = receiverFor(client);
    await receiver.start();
    const cause = new Error('a bug');
    (await delivery(0)).fail(cause);
    expect((await delivery(1)).message.deliveryCount).toBe(2);
    expect(events).toContainEqual(expect.objectContaining({ kind: 'delivery-threw', cause }));
  });

  it('works on no more deliveries at once than it has slots, and fetches none ahead', async () => {
    const emulator = await startQueue();
    const client = connect(emulator);
    await send(client, 'a', 'b', 'c');
    const { receiver, deliveries, delivery } = receiverFor(client, { maxConcurrentCalls: 2 });
    await receiver.start();
    await delivery(1);
    expect(emulator.inspect(queueName)).toMatchObject({ active: [{ messageId: 'c' }], locked: [{}, {}] });
    deliveries[0]?.settle(complete);
    expect((await delivery(2)).message.messageId).toBe('c');
  });

  it('does not wait for the answer to one settlement before it goes on', async () => {
    const faults: Faults = { onSettle: ({ messageId }) => (messageId === 'hangs' ? 'ignore' : undefined) };
    const emulator = await startQueue({ faults });
    const client = connect(emulator, { timeoutInMs: 15_000 });
    await send(client, 'hangs', 'a', 'b');
    const { receiver, delivery, events } = receiverFor(client, { maxConcurrentCalls: 1 });
    await receiver.start();
    for (const index of [0, 1, 2]) (await delivery(index)).settle(complete);
    await until(() =>
      expect(emulator.inspect(queueName)).toMatchObject({ active: [], locked: [{ messageId: 'hangs' }] }),
    );
    expect(events).toEqual([{ kind: 'receiving' }]);
  });

  it('tells of a settlement that was not answered', async () => {
    const client = connect(await startQueue({ faults: { onSettle: () => 'ignore' } }), { timeoutInMs: 200 });
    await send(client, 'm');
    const { receiver, delivery, events } = receiverFor(client);
    await receiver.start();
    const { message, settle } = await delivery(0);
    settle(complete);
    const cause = expect.objectContaining({ code: 'ServiceTimeout' });
    await until(() => expect(events).toContainEqual({ kind: 'not-settled', message, settlement: 'complete', cause }));
  });

  it('goes on with the work when the peek-lock is lost, and tells of it', async () => {
    const emulator = await startQueue({ entities: { queues: [{ name: queueName, lockDurationMs: paced(1500) }] } });
    const client = connect(emulator);
    await send(client, 'm');
    const { receiver, delivery, events } = receiverFor(client);
    await receiver.start();
    const { message, settle } = await delivery(0);
    emulator.expireLock(queueName, 'm');
    const cause = expect.objectContaining({ code: 'MessageLockLost' });
    await until(() => expect(events).toContainEqual({ kind: 'peek-lock-lost', message, cause }));
    settle(complete);
    await until(() => expect(events).toContainEqual({ kind: 'not-settled', message, settlement: 'complete', cause }));
    expect((await delivery(1)).message).toMatchObject({ messageId: 'm', deliveryCount: 2 });
  });

  it('keeps the peek-locks of two messages with one ID, also when one of them is settled', async () => {
    const lockDurationMs = paced(900);
    const emulator = await startQueue({ entities: { queues: [{ name: queueName, lockDurationMs }] } });
    const client = connect(emulator);
    await send(client, 'm', 'm');
    const { receiver, deliveries, delivery } = receiverFor(client);
    await receiver.start();
    const [first, second] = [await delivery(0), await delivery(1)];
    const start = Date.now();
    const lockedFor = () => emulator.inspect(queueName).locked.map(({ lockedUntil = 0 }) => lockedUntil - start);
    await until(() => expect(Math.min(...lockedFor())).toBeGreaterThan(2 * lockDurationMs));
    first.settle(complete);
    await until(() => expect(lockedFor()).toHaveLength(1));
    await until(() => expect(Math.min(...lockedFor())).toBeGreaterThan(4 * lockDurationMs));
    second.settle(complete);
    await until(() => expect(emulator.inspect(queueName)).toMatchObject(empty));
    expect(deliveries).toHaveLength(2);
  });

  it('lets the peek-lock run out when it was renewed for long enough', async () => {
    const client = connect(await startQueue({ entities: { queues: [{ name: queueName, lockDurationMs: 300 }] } }));
    await send(client, 'm');
    const { receiver, delivery } = receiverFor(client, { maxLockRenewalMs: durationMs(0) });
    await receiver.start();
    expect((await delivery(1)).message).toMatchObject({ messageId: 'm', deliveryCount: 2 });
  });
});
