import { describe, expect, it } from 'vitest';
import { queue, receiveNone, receiveOne, startEmulator, until } from './emulator-fixture.ts';

describe('a batch', () => {
  it('is stored message by message', async () => {
    const { sender, receiver } = await startEmulator();
    const batch = await sender.createMessageBatch();
    expect(batch.maxSizeInBytes).toBe(262_144);
    for (const body of ['a', 'b', 'c']) {
      expect(batch.tryAddMessage({ body, messageId: `id-${body}`, applicationProperties: { body } })).toBe(true);
    }
    await sender.sendMessages(batch);
    const received = await receiver.receiveMessages(3, { maxWaitTimeInMs: 15_000 });
    expect(received).toMatchObject(
      ['a', 'b', 'c'].map((body) => ({ body, messageId: `id-${body}`, applicationProperties: { body } })),
    );
  });

  it('may be as large as it says', async () => {
    const { sender, emulator } = await startEmulator();
    const batch = await sender.createMessageBatch();
    while (batch.tryAddMessage({ body: 'x'.repeat(512) }));
    await sender.sendMessages(batch);
    expect(batch.count).toBeGreaterThan(400);
    expect(emulator.inspect(queue).active).toHaveLength(batch.count);
  });
});

describe('duplicate detection', () => {
  const queues = [{ name: queue, duplicateDetectionWindowMs: 10_000 }];

  it('accepts a repeated message and drops it, within a batch too and after completion', async () => {
    const { sender, receiver, emulator, clock } = await startEmulator({ entities: { queues } });
    await sender.sendMessages([
      { body: 1, messageId: 'a' },
      { body: 2, messageId: 'a' },
      { body: 3, messageId: 'b' },
    ]);
    const received = await receiver.receiveMessages(2, { maxWaitTimeInMs: 15_000 });
    expect(received.map(({ body }) => body)).toEqual([1, 3]);
    for (const message of received) await receiver.completeMessage(message);
    await sender.sendMessages({ body: 4, messageId: 'b' });
    expect(emulator.inspect(queue).active).toEqual([]);
    clock.advance(10_000);
    await sender.sendMessages({ body: 5, messageId: 'b' });
    expect(emulator.inspect(queue).active).toMatchObject([{ messageId: 'b' }]);
  });

  it('takes messages without an ID for different ones', async () => {
    const { sender, emulator } = await startEmulator({ entities: { queues } });
    await sender.sendMessages([{ body: 1 }, { body: 1 }]);
    expect(emulator.inspect(queue).active).toHaveLength(2);
  });
});

describe('expiry', () => {
  it('drops a message at the end of its time to live', async () => {
    const { sender, receiver, clock, emulator } = await startEmulator();
    await sender.sendMessages({ body: 1, timeToLive: 5_000 });
    const [peeked] = await receiver.peekMessages(1);
    expect(peeked).toMatchObject({ timeToLive: 5_000, expiresAtUtc: new Date(clock.now() + 5_000) });
    clock.advance(5_000);
    expect(await receiveNone(receiver)).toEqual([]);
    expect(emulator.inspect(queue).deadLettered).toEqual([]);
  });

  it('dead-letters it if the queue says so, and it does not expire there', async () => {
    const queues = [{ name: queue, defaultTimeToLiveMs: 5_000, deadLetterOnExpiration: true }];
    const { sender, client, clock } = await startEmulator({ entities: { queues } });
    await sender.sendMessages({ body: 1 });
    clock.advance(5_000);
    clock.advance(3_600_000);
    const dead = await receiveOne(client.createReceiver(queue, { subQueueType: 'deadLetter' }));
    expect(dead).toMatchObject({ body: 1, deadLetterReason: 'TTLExpiredException' });
  });
});

describe('receive and delete', () => {
  it('deletes messages as they are delivered', async () => {
    const { sender, client, emulator } = await startEmulator();
    await sender.sendMessages([{ body: 1 }, { body: 2 }]);
    const receiver = client.createReceiver(queue, { receiveMode: 'receiveAndDelete' });
    const received = await receiver.receiveMessages(1, { maxWaitTimeInMs: 15_000 });
    expect(received).toMatchObject([{ body: 1, lockToken: undefined }]);
    expect(emulator.inspect(queue)).toMatchObject({ active: [{}], locked: [] });
  });

  it('does not run out of slots', async () => {
    const { sender, client, emulator } = await startEmulator();
    await sender.sendMessages(Array.from({ length: 3_000 }, (_, body) => ({ body })));
    const bodies: unknown[] = [];
    client
      .createReceiver(queue, { receiveMode: 'receiveAndDelete' })
      .subscribe(
        { processMessage: async ({ body }) => void bodies.push(body), processError: async () => {} },
        { maxConcurrentCalls: 100 },
      );
    await until(() => expect(bodies).toHaveLength(3_000));
    expect(emulator.inspect(queue)).toMatchObject({ active: [], locked: [] });
  });
});
