import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { describe, expect, it } from 'vitest';
import { connect, queue, receiveOne, startEmulator, until } from './emulator-fixture.ts';

describe('sending and receiving', () => {
  it('hands on a message with all that its sender wrote', async () => {
    const { sender, receiver, clock } = await startEmulator();
    const sent = {
      messageId: 'order-1',
      body: { item: 'book', count: 3 },
      contentType: 'application/json',
      correlationId: 'cart-7',
      subject: 'created',
      to: 'warehouse',
      replyTo: 'shop',
      partitionKey: 'customer-5',
      applicationProperties: { text: 'ü', count: 5, negative: -7, price: 9.5, urgent: true, at: new Date(1_000) },
    };
    await sender.sendMessages(sent);
    const received = await receiveOne(receiver);
    expect(received.sequenceNumber?.toString()).toBe('1');
    expect(received).toMatchObject({
      ...sent,
      applicationProperties: { ...sent.applicationProperties, at: 1_000 },
      deliveryCount: 0,
      state: 'active',
      enqueuedSequenceNumber: 1,
      enqueuedTimeUtc: new Date(clock.now()),
      lockedUntilUtc: new Date(clock.now() + 60_000),
      lockToken: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    });
  });

  it('hands on bodies of every kind', async () => {
    const { sender, receiver } = await startEmulator();
    await sender.sendMessages({ body: Buffer.from([0, 255]) });
    await sender.sendMessages({ body: 'text' });
    await sender.sendMessages({ body: { deep: [1, null] }, bodyType: 'value' });
    await sender.sendMessages({ body: [1, 'two'], bodyType: 'sequence' });
    const bodies: unknown[] = [];
    for (let count = 0; count < 4; count += 1) bodies.push((await receiveOne(receiver)).body);
    expect(bodies).toEqual([Buffer.from([0, 255]), 'text', { deep: [1, null] }, [1, 'two']]);
  });

  it('keeps message IDs that are numbers or bytes', async () => {
    const { sender, receiver, emulator } = await startEmulator();
    const uuid = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
    await sender.sendMessages({ body: 1, messageId: 42 });
    await sender.sendMessages({ body: 2, messageId: uuid });
    const ids = emulator.inspect(queue).active.map(({ messageId }) => messageId);
    expect(ids).toEqual(['42', '00112233-4455-6677-8899-aabbccddeeff']);
    expect([(await receiveOne(receiver)).messageId, (await receiveOne(receiver)).messageId]).toEqual([42, uuid]);
  });

  it('makes an ID for a message that has none, and keeps it', async () => {
    const { sender, receiver } = await startEmulator();
    await sender.sendMessages({ body: 'anonymous', subject: 'kept' });
    const first = await receiveOne(receiver);
    expect(first).toMatchObject({ messageId: expect.stringMatching(/^[0-9a-f]{32}$/), subject: 'kept' });
    await receiver.abandonMessage(first);
    expect((await receiveOne(receiver)).messageId).toBe(first.messageId);
  });

  it('delivers in the order of arrival, however many receivers there are', async () => {
    const { emulator, sender, receiver } = await startEmulator();
    const other = connect(emulator.connectionString).receiver;
    for (const body of [1, 2, 3, 4]) await sender.sendMessages({ body });
    const [first, second] = [await receiveOne(receiver), await receiveOne(other)];
    const rest = await receiver.receiveMessages(2, { maxWaitTimeInMs: 15_000 });
    expect([first, second, ...rest].map(({ body }) => body)).toEqual([1, 2, 3, 4]);
  });

  it('hands a message that comes later to a receiver that waits', async () => {
    const { sender, receiver } = await startEmulator();
    const waiting = receiveOne(receiver);
    await sender.sendMessages({ body: 'late' });
    expect((await waiting).body).toBe('late');
  });

  it('hands each message to one subscriber', async () => {
    const { sender, receiver, client, emulator } = await startEmulator();
    const bodies: unknown[] = [];
    for (const each of [receiver, client.createReceiver(queue)]) {
      each.subscribe(
        {
          processMessage: async ({ body }: ServiceBusReceivedMessage) => void bodies.push(body),
          processError: async () => {},
        },
        { maxConcurrentCalls: 3 },
      );
    }
    const sent = Array.from({ length: 50 }, (_, number) => number);
    await Promise.all(sent.map((body) => sender.sendMessages({ body })));
    await until(() => expect(bodies.toSorted((a, b) => Number(a) - Number(b))).toEqual(sent));
    await until(() => expect(emulator.inspect(queue)).toMatchObject({ active: [], locked: [] }));
  });

  it('never has more messages at a subscriber than it wants at once', async () => {
    const { sender, receiver, emulator } = await startEmulator();
    for (let body = 0; body < 10; body += 1) await sender.sendMessages({ body });
    const seen: unknown[] = [];
    const never = new Promise<void>(() => {});
    const processMessage = ({ body }: ServiceBusReceivedMessage) => {
      seen.push(body);
      return never;
    };
    receiver.subscribe({ processMessage, processError: async () => {} }, { maxConcurrentCalls: 3 });
    await until(() => expect(seen).toHaveLength(3));
    expect(emulator.inspect(queue).locked).toHaveLength(3);
    expect(emulator.inspect(queue).active).toHaveLength(7);
  });

  it('keeps queues apart, whatever the case of their names', async () => {
    const { client, emulator } = await startEmulator({
      entities: { queues: [{ name: 'orders' }, { name: 'invoices' }] },
    });
    await client.createSender('ORDERS').sendMessages({ body: 'order' });
    await client.createSender('invoices').sendMessages({ body: 'invoice' });
    expect((await receiveOne(client.createReceiver('Orders'))).body).toBe('order');
    expect((await receiveOne(client.createReceiver('invoices'))).body).toBe('invoice');
    expect(emulator.inspect('orders').active).toEqual([]);
  });

  it('says that there is no such queue, to senders, receivers and those who peek', async () => {
    const { client } = await startEmulator();
    const missing = { code: 'MessagingEntityNotFound' };
    await expect(client.createSender('nowhere').sendMessages({ body: 1 })).rejects.toMatchObject(missing);
    await expect(client.createReceiver('nowhere').receiveMessages(1)).rejects.toMatchObject(missing);
    await expect(client.createReceiver('nowhere').peekMessages(1)).rejects.toMatchObject(missing);
  });

  it('lets nobody send to a dead-letter queue', async () => {
    const { client } = await startEmulator();
    const sending = client.createSender(`${queue}/$DeadLetterQueue`).sendMessages({ body: 1 });
    await expect(sending).rejects.toThrow('Nobody may send to orders/$DeadLetterQueue');
  });

  it('refuses a message of more than 262,144 bytes and goes on', async () => {
    const { sender, receiver } = await startEmulator();
    const tooLarge = { body: Buffer.alloc(262_144) };
    await expect(sender.sendMessages(tooLarge)).rejects.toMatchObject({ code: 'MessageSizeExceeded' });
    const large = Buffer.alloc(262_000, 7);
    await sender.sendMessages({ body: large });
    expect((await receiveOne(receiver)).body).toEqual(large);
  });

  it('tells accepted from refused, for messages sent in the same tick', async () => {
    const { sender, emulator } = await startEmulator();
    const bodies = [1, Buffer.alloc(262_144), 2, Buffer.alloc(262_144), 3];
    const results = await Promise.allSettled(bodies.map((body) => sender.sendMessages({ body })));
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(emulator.inspect(queue).active).toHaveLength(3);
  });

  it('takes more sends at once than it gives credit for', async () => {
    const { emulator } = await startEmulator();
    const { sender } = connect(emulator.connectionString, { timeoutInMs: 15_000 });
    await Promise.all(Array.from({ length: 2_100 }, (_, body) => sender.sendMessages({ body })));
    expect(emulator.inspect(queue).active).toHaveLength(2_100);
  });

  it('stops at 2,048 unsettled messages of one receiver, and goes on as they are settled', async () => {
    const { sender, receiver, emulator } = await startEmulator();
    await sender.sendMessages(Array.from({ length: 2_100 }, (_, body) => ({ body })));
    const receiveUpTo = async (count: number) => {
      const received: ServiceBusReceivedMessage[] = [];
      while (received.length < count) {
        received.push(...(await receiver.receiveMessages(2_100, { maxWaitTimeInMs: 5_000 })));
      }
      return received;
    };
    const held = await receiveUpTo(2_047);
    expect(held.length).toBeLessThanOrEqual(2_048);
    expect(emulator.inspect(queue).active).toHaveLength(2_100 - held.length);
    await Promise.all(held.map((message) => receiver.completeMessage(message)));
    const rest = await receiveUpTo(2_100 - held.length);
    await Promise.all(rest.map((message) => receiver.completeMessage(message)));
    expect(emulator.inspect(queue)).toMatchObject({ active: [], locked: [] });
  });
});
