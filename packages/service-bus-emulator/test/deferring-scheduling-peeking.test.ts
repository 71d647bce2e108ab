import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { describe, expect, it } from 'vitest';
import { queue, receiveNone, receiveOne, startEmulator } from './emulator-fixture.ts';

const inOneHour = 3_600_000;
const notFound = { code: 'MessageNotFound' };

describe('deferring', () => {
  it('sets a message aside until it is asked for by its number', async () => {
    const { sender, receiver, emulator } = await startEmulator();
    await sender.sendMessages({ body: 'later', messageId: 'order-1' });
    const message = await receiveOne(receiver);
    await receiver.deferMessage(message, { note: 'waits for payment' });
    expect(await receiveNone(receiver)).toEqual([]);

    const [deferred] = await receiver.receiveDeferredMessages(message.sequenceNumber ?? []);
    expect(deferred).toMatchObject({
      body: 'later',
      state: 'deferred',
      deliveryCount: 1,
      applicationProperties: { note: 'waits for payment' },
    });
    if (deferred === undefined) throw new Error('It was not deferred');
    await receiver.renewMessageLock(deferred);
    await receiver.completeMessage(deferred);
    expect(emulator.inspect(queue)).toMatchObject({ deferred: [], locked: [] });
  });

  it('goes on when a deferred message is abandoned, dead-lettered or its lock ends', async () => {
    const { sender, receiver, emulator, clock } = await startEmulator();
    await sender.sendMessages({ body: 1, messageId: 'order-1' });
    const message = await receiveOne(receiver);
    await receiver.deferMessage(message);
    const again = async () => {
      const [deferred] = await receiver.receiveDeferredMessages(message.sequenceNumber ?? []);
      return deferred ?? expect.fail('It was not deferred');
    };
    await receiver.abandonMessage(await again());
    expect(emulator.inspect(queue).deferred).toMatchObject([{ deliveryCount: 2 }]);
    const late = await again();
    clock.advance(60_000);
    await expect(receiver.completeMessage(late)).rejects.toMatchObject({ code: 'MessageLockLost' });
    expect(emulator.inspect(queue).deferred).toMatchObject([{ deliveryCount: 3 }]);
    await receiver.deadLetterMessage(await again(), { deadLetterReason: 'Old', deadLetterErrorDescription: 'Too old' });
    expect(emulator.inspect(queue)).toMatchObject({ deferred: [], deadLettered: [{ deadLetterReason: 'Old' }] });
  });

  it('is not what the message with that number is in', async () => {
    const { sender, receiver } = await startEmulator();
    await sender.sendMessages({ body: 1 });
    const [active] = await receiver.peekMessages(1);
    await expect(receiver.receiveDeferredMessages(active?.sequenceNumber ?? [])).rejects.toMatchObject(notFound);
  });

  it('lets a deferred message be received and deleted', async () => {
    const { sender, receiver, client, emulator } = await startEmulator();
    await sender.sendMessages({ body: 1 });
    const message = await receiveOne(receiver);
    await receiver.deferMessage(message);
    const deleting = client.createReceiver(queue, { receiveMode: 'receiveAndDelete' });
    expect(await deleting.receiveDeferredMessages(message.sequenceNumber ?? [])).toMatchObject([{ body: 1 }]);
    expect(emulator.inspect(queue)).toMatchObject({ deferred: [], locked: [] });
  });
});

describe('scheduling', () => {
  it('holds messages until their time', async () => {
    const { sender, receiver, emulator, clock } = await startEmulator();
    const time = new Date(clock.now() + inOneHour);
    const numbers = await sender.scheduleMessages([{ body: 'a' }, { body: 'b' }], time);
    expect(numbers.map(String)).toEqual(['1', '2']);
    await sender.sendMessages({ body: 'c', scheduledEnqueueTimeUtc: time });
    expect(emulator.inspect(queue)).toMatchObject({ active: [], scheduled: [{}, {}, {}] });
    clock.advance(inOneHour);
    const first = await receiveOne(receiver);
    expect(first).toMatchObject({ body: 'a', enqueuedTimeUtc: time, scheduledEnqueueTimeUtc: time, state: 'active' });
    expect(String(first.sequenceNumber)).toBe('4');
    expect(first.enqueuedSequenceNumber).toBe(1);
  });

  it('is called off by number, once', async () => {
    const { sender, emulator, clock } = await startEmulator();
    const time = new Date(clock.now() + inOneHour);
    const [number] = await sender.scheduleMessages({ body: 'a' }, time);
    if (number === undefined) throw new Error('No number');
    await sender.cancelScheduledMessages(number);
    expect(emulator.inspect(queue).scheduled).toEqual([]);
    await expect(sender.cancelScheduledMessages(number)).rejects.toMatchObject(notFound);
  });
});

describe('peeking', () => {
  it('finds nothing in an empty queue, and that is no error', async () => {
    const { receiver } = await startEmulator();
    expect(await receiver.peekMessages(10)).toEqual([]);
  });

  it('shows messages in every state, in order, and changes nothing', async () => {
    const { sender, receiver, emulator, clock } = await startEmulator();
    for (const body of ['deferred', 'locked', 'active']) await sender.sendMessages({ body });
    await sender.scheduleMessages({ body: 'scheduled' }, new Date(clock.now() + inOneHour));
    await receiver.deferMessage(await receiveOne(receiver));
    await receiveOne(receiver);
    const before = emulator.inspect(queue);
    const peeked = await receiver.peekMessages(10);
    expect(peeked.map(({ body, state, lockToken }) => [body, state, lockToken])).toEqual([
      ['deferred', 'deferred', undefined],
      ['locked', 'active', undefined],
      ['active', 'active', undefined],
      ['scheduled', 'scheduled', undefined],
    ]);
    expect(emulator.inspect(queue)).toEqual(before);
  });

  it('goes on where it was, or where it is told to', async () => {
    const { sender, receiver } = await startEmulator();
    await sender.sendMessages(Array.from({ length: 600 }, (_, body) => ({ body })));
    const seen: ServiceBusReceivedMessage[] = [];
    for (let page = await receiver.peekMessages(250); page.length > 0; page = await receiver.peekMessages(250)) {
      seen.push(...page);
    }
    expect(seen.map(({ body }) => body)).toEqual(Array.from({ length: 600 }, (_, body) => body));
    const fromSequenceNumber = seen[300]?.sequenceNumber ?? expect.fail('It has no sequence number');
    expect(await receiver.peekMessages(1, { fromSequenceNumber })).toMatchObject([{ body: 300 }]);
  });

  it('pages messages that do not fit into one reply', async () => {
    const { sender, receiver } = await startEmulator();
    for (let number = 0; number < 3; number += 1) await sender.sendMessages({ body: Buffer.alloc(200_000, number) });
    expect(await receiver.peekMessages(3)).toHaveLength(1);
    expect(await receiver.peekMessages(3)).toHaveLength(1);
  });

  it('looks into the dead-letter queue too', async () => {
    const { sender, receiver, client } = await startEmulator();
    await sender.sendMessages({ body: 'bad' });
    await receiver.deadLetterMessage(await receiveOne(receiver), {
      deadLetterReason: 'Bad',
      deadLetterErrorDescription: '',
    });
    const deadLetters = client.createReceiver(queue, { subQueueType: 'deadLetter' });
    expect(await deadLetters.peekMessages(1)).toMatchObject([{ body: 'bad', deadLetterReason: 'Bad' }]);
  });
});
