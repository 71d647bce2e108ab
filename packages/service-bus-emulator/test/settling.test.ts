import { setImmediate } from 'node:timers/promises';
import type { ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import { describe, expect, it } from 'vitest';
import { connect, queue, receiveNone, receiveOne, startEmulator, until } from './emulator-fixture.ts';

const lockLost = { code: 'MessageLockLost' };

describe('settling', () => {
  it('deletes a completed message', async () => {
    const { sender, receiver, emulator } = await startEmulator();
    await sender.sendMessages({ body: 1 });
    await receiver.completeMessage(await receiveOne(receiver));
    expect(emulator.inspect(queue)).toEqual({ active: [], locked: [], deferred: [], scheduled: [], deadLettered: [] });
  });

  it('makes an abandoned message available at once, in its old place, with the properties given', async () => {
    const { sender, receiver } = await startEmulator();
    const applicationProperties = { kept: 'yes', changed: 'before' };
    for (const body of [1, 2]) await sender.sendMessages({ body, applicationProperties });
    const first = await receiveOne(receiver);
    await receiver.abandonMessage(first, { changed: 'after', added: 5 });
    const again = await receiveOne(receiver);
    expect(again).toMatchObject({ body: 1, deliveryCount: 1, sequenceNumber: first.sequenceNumber });
    expect(again.applicationProperties).toEqual({ kept: 'yes', changed: 'after', added: 5 });
    expect(again.lockToken).not.toBe(first.lockToken);
    expect((await receiveOne(receiver)).body).toBe(2);
  });

  it('dead-letters with reason, description and properties, and keeps the delivery count', async () => {
    const { sender, receiver, client, emulator } = await startEmulator();
    await sender.sendMessages({ body: 'bad', messageId: 'order-1', applicationProperties: { kept: true } });
    await receiver.abandonMessage(await receiveOne(receiver));
    const cause = { deadLetterReason: 'Invalid', deadLetterErrorDescription: 'No item in it' };
    await receiver.deadLetterMessage(await receiveOne(receiver), { ...cause, reviewer: 'Ada' });
    expect(emulator.inspect(queue).deadLettered).toMatchObject([{ messageId: 'order-1', deadLetterReason: 'Invalid' }]);

    const deadLetters = client.createReceiver(queue, { subQueueType: 'deadLetter' });
    const dead = await receiveOne(deadLetters);
    expect(dead).toMatchObject({ ...cause, body: 'bad', messageId: 'order-1', deliveryCount: 1 });
    expect(dead.applicationProperties).toMatchObject({ kept: true, reviewer: 'Ada' });
    await deadLetters.completeMessage(dead);
    expect(emulator.inspect(queue).deadLettered).toEqual([]);
  });

  it('dead-letters a message without a reason too', async () => {
    const { sender, receiver, emulator } = await startEmulator();
    await sender.sendMessages({ body: 1 });
    await receiver.deadLetterMessage(await receiveOne(receiver));
    expect(emulator.inspect(queue).deadLettered).toMatchObject([{ deadLetterReason: undefined }]);
  });

  it('dead-letters at the last delivery that fails, not before', async () => {
    const { sender, receiver, client } = await startEmulator({
      entities: { queues: [{ name: queue, maxDeliveryCount: 3 }] },
    });
    await sender.sendMessages({ body: 'poison' });
    const counts: unknown[] = [];
    for (let delivery = 0; delivery < 3; delivery += 1) {
      const message = await receiveOne(receiver);
      counts.push(message.deliveryCount);
      await receiver.abandonMessage(message);
    }
    expect(counts).toEqual([0, 1, 2]);
    expect(await receiveNone(receiver)).toEqual([]);
    const deadLetters = client.createReceiver(queue, { subQueueType: 'deadLetter' });
    expect(await receiveOne(deadLetters)).toMatchObject({
      body: 'poison',
      deadLetterReason: 'MaxDeliveryCountExceeded',
    });
  });

  it('delivers dead-lettered messages again and again', async () => {
    const { sender, receiver, client } = await startEmulator({
      entities: { queues: [{ name: queue, maxDeliveryCount: 1 }] },
    });
    await sender.sendMessages({ body: 1 });
    await receiver.abandonMessage(await receiveOne(receiver));
    const deadLetters = client.createReceiver(queue, { subQueueType: 'deadLetter' });
    for (let delivery = 1; delivery < 15; delivery += 1) {
      const message = await receiveOne(deadLetters);
      expect(message.deliveryCount).toBe(delivery);
      await deadLetters.abandonMessage(message);
    }
  });

  it('lets a subscriber that throws have the message again', async () => {
    const { sender, receiver, emulator } = await startEmulator();
    await sender.sendMessages({ body: 1 });
    const counts: unknown[] = [];
    const processMessage = async ({ deliveryCount }: ServiceBusReceivedMessage) => {
      counts.push(deliveryCount);
      if (counts.length < 3) throw new Error('not yet');
    };
    receiver.subscribe({ processMessage, processError: async () => {} });
    await until(() => expect(counts).toEqual([0, 1, 2]));
    await until(() => expect(emulator.inspect(queue)).toMatchObject({ active: [], locked: [] }));
  });

  it('keeps different outcomes of neighbours apart', async () => {
    const { sender, receiver, emulator } = await startEmulator();
    for (let number = 0; number < 6; number += 1) await sender.sendMessages({ body: number, messageId: `m${number}` });
    const messages = await receiver.receiveMessages(6, { maxWaitTimeInMs: 15_000 });
    const outcomes: ((message: ServiceBusReceivedMessage) => Promise<void>)[] = [
      (message) => receiver.completeMessage(message),
      (message) => receiver.deadLetterMessage(message),
      (message) => receiver.deferMessage(message),
    ];
    // With nothing in between, the SDK would send the first outcome for both of two neighbours.
    const settling: Promise<void>[] = [];
    for (const [place, message] of messages.entries()) {
      settling.push(outcomes[place % 3]?.(message) ?? Promise.reject(new Error('No outcome')));
      await setImmediate();
    }
    await Promise.all(settling);
    const { active, locked, deferred, deadLettered } = emulator.inspect(queue);
    expect([active, locked]).toEqual([[], []]);
    expect(deferred.map(({ messageId }) => messageId)).toEqual(['m2', 'm5']);
    expect(deadLettered.map(({ messageId }) => messageId)).toEqual(['m1', 'm4']);
  });

  it('answers each of two settlements in one tick for itself', async () => {
    const { sender, receiver, emulator } = await startEmulator();
    await sender.sendMessages(['a', 'b', 'c'].map((messageId) => ({ body: 1, messageId })));
    const messages = await receiver.receiveMessages(3, { maxWaitTimeInMs: 15_000 });
    emulator.expireLock(queue, 'b');
    const results = await Promise.allSettled(messages.map((message) => receiver.completeMessage(message)));
    expect(results).toMatchObject([{ status: 'fulfilled' }, { reason: lockLost }, { status: 'fulfilled' }]);
    expect(emulator.inspect(queue)).toMatchObject({ active: [{ messageId: 'b' }], locked: [] });
  });

  it('of neighbours in one tick reaches any broker with the first one’s outcome, which is the SDK’s doing', async () => {
    const { sender, receiver, emulator } = await startEmulator();
    await sender.sendMessages([{ body: 1 }, { body: 2 }]);
    const [first, second] = await receiver.receiveMessages(2, { maxWaitTimeInMs: 15_000 });
    if (first === undefined || second === undefined) throw new Error('Two messages were sent');
    await Promise.all([receiver.completeMessage(first), receiver.abandonMessage(second)]);
    expect(emulator.inspect(queue)).toMatchObject({ active: [], locked: [], deadLettered: [] });
  });

  it('a second time through $management finds the lock lost', async () => {
    const { sender, receiver, client } = await startEmulator();
    await sender.sendMessages({ body: 1 });
    const message = await receiveOne(receiver);
    await receiver.close();
    const other = client.createReceiver(queue);
    await other.completeMessage(message);
    await expect(other.completeMessage(message)).rejects.toMatchObject(lockLost);
  });

  it('is not there for a message that the SDK knows to be settled', async () => {
    const { sender, receiver } = await startEmulator();
    await sender.sendMessages({ body: 1 });
    const message = await receiveOne(receiver);
    await receiver.completeMessage(message);
    await expect(receiver.abandonMessage(message)).rejects.toThrow('already');
  });
});

describe('a lock', () => {
  it('ends by time, and the message is delivered again', async () => {
    const { sender, receiver, emulator, clock } = await startEmulator();
    await sender.sendMessages({ body: 1, messageId: 'order-1' });
    const first = await receiveOne(receiver);
    clock.advance(59_999);
    expect(emulator.inspect(queue).locked).toMatchObject([{ messageId: 'order-1' }]);
    clock.advance(1);
    const second = await receiveOne(receiver);
    expect(second).toMatchObject({ body: 1, deliveryCount: 1 });
    await expect(receiver.completeMessage(first)).rejects.toMatchObject(lockLost);
    await receiver.completeMessage(second);
  });

  it.each(['completeMessage', 'abandonMessage', 'deadLetterMessage', 'deferMessage', 'renewMessageLock'] as const)(
    'that is over refuses %s',
    async (operation) => {
      const { sender, receiver, clock, emulator } = await startEmulator();
      await sender.sendMessages({ body: 1 });
      const message = await receiveOne(receiver);
      clock.advance(60_000);
      await expect(receiver[operation](message)).rejects.toMatchObject(lockLost);
      expect(emulator.inspect(queue).active).toMatchObject([{ deliveryCount: 1 }]);
    },
  );

  it('is renewed for another lock duration from now', async () => {
    const { sender, receiver, clock, emulator } = await startEmulator();
    await sender.sendMessages({ body: 1 });
    const message = await receiveOne(receiver);
    clock.advance(50_000);
    expect(await receiver.renewMessageLock(message)).toEqual(new Date(clock.now() + 60_000));
    clock.advance(50_000);
    expect(emulator.inspect(queue).locked).toHaveLength(1);
    await receiver.completeMessage(message);
  });

  it('belongs to the message: it outlives the receiver, and another one settles by it', async () => {
    const { sender, receiver, client, emulator } = await startEmulator();
    await sender.sendMessages(['a', 'b', 'c', 'd'].map((messageId) => ({ body: 1, messageId })));
    const messages = await receiver.receiveMessages(4, { maxWaitTimeInMs: 15_000 });
    await receiver.close();
    const other = client.createReceiver(queue);
    const settle: ((message: ServiceBusReceivedMessage) => Promise<void>)[] = [
      (message) => other.completeMessage(message),
      (message) => other.abandonMessage(message, { tried: 1 }),
      (message) => other.deferMessage(message),
      (message) =>
        other.deadLetterMessage(message, { deadLetterReason: 'Late', deadLetterErrorDescription: 'Too late' }),
    ];
    for (const [place, message] of messages.entries()) await settle[place]?.(message);
    const { active, locked, deferred, deadLettered } = emulator.inspect(queue);
    expect(active).toMatchObject([{ messageId: 'b', deliveryCount: 1 }]);
    expect(locked).toEqual([]);
    expect(deferred).toMatchObject([{ messageId: 'c', deliveryCount: 1 }]);
    expect(deadLettered).toMatchObject([
      { messageId: 'd', deadLetterReason: 'Late', deadLetterErrorDescription: 'Too late' },
    ]);
    expect((await receiveOne(other)).applicationProperties).toEqual({ tried: 1 });
  });

  it('that another client ended is lost for the one who had it', async () => {
    const { sender, receiver, emulator } = await startEmulator();
    await sender.sendMessages({ body: 1, messageId: 'order-1' });
    const message = await receiveOne(receiver);
    emulator.expireLock(queue, 'order-1');
    const again = await receiveOne(connect(emulator.connectionString).receiver);
    await receiver.close();
    await expect(receiverOf(emulator.connectionString).completeMessage(message)).rejects.toMatchObject(lockLost);
    expect(emulator.inspect(queue).locked).toMatchObject([{ messageId: again.messageId, deliveryCount: 1 }]);
  });

  it('can only be ended early if there is one', async () => {
    const { emulator } = await startEmulator();
    expect(() => emulator.expireLock(queue, 'order-1')).toThrow('No message order-1 is locked in orders');
    expect(() => emulator.inspect('nowhere')).toThrow('There is no queue nowhere');
  });
});

const receiverOf = (connectionString: string): ServiceBusReceiver => connect(connectionString).receiver;
