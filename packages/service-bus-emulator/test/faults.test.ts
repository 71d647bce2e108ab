import { describe, expect, it, vi } from 'vitest';
import { type Faults, times } from '../src/faults.ts';
import { connect, queue, receiveNone, receiveOne, startEmulator, until } from './emulator-fixture.ts';

/** A client that soon gives up on an answer. */
const impatient = { timeoutInMs: 2_000, maxRetries: 0 };
const timedOut = { code: 'ServiceTimeout' };

describe('a fault at send', () => {
  it('stores the message and cuts the connection, and the client sends it again', async () => {
    const faults: Faults = { onSend: times(1, 'store-and-cut') };
    const { emulator } = await startEmulator({ faults });
    await connect(emulator.connectionString, { timeoutInMs: 1_000 }).sender.sendMessages({ body: 1, messageId: 'm' });
    expect(emulator.inspect(queue).active).toMatchObject([{ messageId: 'm' }, { messageId: 'm' }]);
  });

  it.each([
    ['com.microsoft:entity-disabled', 'MessagingEntityDisabled'],
    ['amqp:resource-limit-exceeded', 'QuotaExceeded'],
  ])('rejects with %s', async (condition, code) => {
    const { sender, emulator } = await startEmulator({ faults: { onSend: times(1, { reject: condition }) } });
    await expect(sender.sendMessages({ body: 1 })).rejects.toMatchObject({ code });
    await sender.sendMessages({ body: 2 });
    expect(emulator.inspect(queue).active).toHaveLength(1);
  });

  it('of which the client hears that the server is busy is tried again', async () => {
    const { sender, emulator } = await startEmulator({
      faults: { onSend: times(2, { reject: 'com.microsoft:server-busy' }) },
    });
    await sender.sendMessages({ body: 1 });
    expect(emulator.inspect(queue).active).toHaveLength(1);
  });

  it('of one message fails the whole batch', async () => {
    const appliesTo = ({ messageId }: { messageId: string }) => messageId === 'b';
    const faults: Faults = { onSend: times(1, { reject: 'com.microsoft:entity-disabled' }, appliesTo) };
    const { sender, emulator } = await startEmulator({ faults });
    const batch = ['a', 'b', 'c'].map((messageId) => ({ messageId, body: 1 }));
    await expect(sender.sendMessages(batch)).rejects.toMatchObject({ code: 'MessagingEntityDisabled' });
    expect(emulator.inspect(queue).active).toEqual([]);
  });
});

describe('a fault at delivery', () => {
  it('locks a message that nobody gets', async () => {
    const { sender, receiver, emulator, clock } = await startEmulator({ faults: { onDelivery: times(1, 'withhold') } });
    await sender.sendMessages({ body: 1 });
    expect(await receiveNone(receiver)).toEqual([]);
    expect(emulator.inspect(queue).locked).toHaveLength(1);
    clock.advance(60_000);
    expect(await receiveOne(receiver)).toMatchObject({ body: 1, deliveryCount: 1 });
  });

  it('gives nothing that comes later to a session whose message nobody gets', async () => {
    const entities = { queues: [{ name: queue, requiresSession: true }] };
    const { sender, client, emulator } = await startEmulator({
      entities,
      faults: { onDelivery: times(1, 'withhold') },
    });
    await sender.sendMessages(['first', 'second'].map((body) => ({ body, sessionId: 'a' })));
    const unlucky = await client.acceptSession(queue, 'a');
    expect(await receiveNone(unlucky)).toEqual([]);
    expect(emulator.inspect(queue)).toMatchObject({ locked: [{}], active: [{}] });
    await unlucky.close();
    expect(await receiveOne(await client.acceptSession(queue, 'a'))).toMatchObject({ body: 'first' });
  });

  it('ends the lock while the first receiver still has the message', async () => {
    const { sender, receiver } = await startEmulator({ faults: { onDelivery: times(1, 'end-lock') } });
    await sender.sendMessages({ body: 1 });
    const [first, second] = [await receiveOne(receiver), await receiveOne(receiver)];
    expect([first.deliveryCount, second.deliveryCount]).toEqual([0, 1]);
    await expect(receiver.completeMessage(first)).rejects.toMatchObject({ code: 'MessageLockLost' });
    await receiver.completeMessage(second);
  });

  it('that never ceases goes on until the message is dead-lettered', async () => {
    const { sender, receiver, emulator } = await startEmulator({ faults: { onDelivery: () => 'end-lock' } });
    await sender.sendMessages(Array.from({ length: 100 }, (_, body) => ({ body })));
    receiver.subscribe(
      { processMessage: async () => {}, processError: async () => {} },
      { maxConcurrentCalls: 50, autoCompleteMessages: false },
    );
    await until(() => expect(emulator.inspect(queue).deadLettered).toHaveLength(100));
  });
});

describe('a fault at settlement', () => {
  it('neither applies nor answers', async () => {
    const { emulator, sender } = await startEmulator({ faults: { onSettle: times(1, 'ignore') } });
    const { receiver } = connect(emulator.connectionString, impatient);
    await sender.sendMessages({ body: 1 });
    await expect(receiver.completeMessage(await receiveOne(receiver))).rejects.toMatchObject(timedOut);
    expect(emulator.inspect(queue).locked).toHaveLength(1);
  });

  it('applies and does not answer', async () => {
    const { emulator, sender } = await startEmulator({ faults: { onSettle: times(1, 'apply-and-ignore') } });
    const { receiver } = connect(emulator.connectionString, impatient);
    await sender.sendMessages({ body: 1 });
    await expect(receiver.completeMessage(await receiveOne(receiver))).rejects.toMatchObject(timedOut);
    expect(emulator.inspect(queue)).toMatchObject({ active: [], locked: [] });
  });

  it('does not apply and cuts the connection', async () => {
    const { emulator, sender } = await startEmulator({ faults: { onSettle: times(1, 'cut') } });
    const { receiver } = connect(emulator.connectionString, impatient);
    await sender.sendMessages({ body: 1 });
    await expect(receiver.completeMessage(await receiveOne(receiver))).rejects.toThrow();
    expect(emulator.inspect(queue).locked).toHaveLength(1);
  });

  it('applies and cuts the connection', async () => {
    const { emulator, sender } = await startEmulator({ faults: { onSettle: times(1, 'apply-and-cut') } });
    const { receiver } = connect(emulator.connectionString, impatient);
    await sender.sendMessages({ body: 1 });
    await expect(receiver.completeMessage(await receiveOne(receiver))).rejects.toThrow();
    expect(emulator.inspect(queue)).toMatchObject({ active: [], locked: [] });
  });

  it('ends the lock first', async () => {
    const { emulator, sender, receiver } = await startEmulator({ faults: { onSettle: times(1, 'end-lock') } });
    await sender.sendMessages({ body: 1 });
    const message = await receiveOne(receiver);
    await expect(receiver.completeMessage(message)).rejects.toMatchObject({ code: 'MessageLockLost' });
    expect(emulator.inspect(queue).active).toMatchObject([{ deliveryCount: 1 }]);
  });

  it('is told where it is, also for settlements through $management', async () => {
    const onSettle = vi.fn<NonNullable<Faults['onSettle']>>();
    const { sender, receiver, client } = await startEmulator({ faults: { onSettle } });
    await sender.sendMessages({ body: 1, messageId: 'order-1' });
    await receiver.abandonMessage(await receiveOne(receiver));
    const again = await receiveOne(receiver);
    await receiver.close();
    await client.createReceiver(queue).completeMessage(again);
    expect(onSettle.mock.calls).toEqual([
      [{ queue, messageId: 'order-1', deliveryCount: 0, settlement: 'abandon' }],
      [{ queue, messageId: 'order-1', deliveryCount: 1, settlement: 'complete' }],
    ]);
  });
});

describe('a fault at renewal', () => {
  it('refuses, and the lock goes on as it was', async () => {
    const { emulator, sender, receiver, clock } = await startEmulator({ faults: { onRenew: times(1, 'refuse') } });
    await sender.sendMessages({ body: 1 });
    const message = await receiveOne(receiver);
    const until = clock.now() + 60_000;
    clock.advance(1_000);
    await expect(receiver.renewMessageLock(message)).rejects.toMatchObject({ code: 'MessageLockLost' });
    expect(emulator.inspect(queue).locked).toMatchObject([{ lockedUntil: until }]);
    await receiver.completeMessage(message);
  });
});

describe('a fault that throws', () => {
  it('is logged, and ends the connection of the client that met it', async () => {
    const lines: string[] = [];
    const onSend = vi.fn(() => {
      throw new Error('this is a mistake');
    });
    const faults: Faults = { onSend };
    const { emulator } = await startEmulator({ faults, log: (line) => void lines.push(line) });
    const { sender } = connect(emulator.connectionString, { maxRetries: 0, timeoutInMs: 1_000 });
    await expect(sender.sendMessages({ body: 1 })).rejects.toThrow();
    expect(lines).toEqual([
      expect.stringContaining('Error: this is a mistake'),
      expect.stringContaining('amqp:internal-error'),
    ]);
    delete faults.onSend;
    await connect(emulator.connectionString).sender.sendMessages({ body: 2 });
  });
});
