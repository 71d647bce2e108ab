import { describe, expect, it } from 'vitest';
import type { EntityOptions } from '../src/broker/entity-options.ts';
import { startServiceBusEmulator } from '../src/service-bus-emulator.ts';
import { receiveOne, startEmulator } from './emulator-fixture.ts';

async function startWith(entities: EntityOptions) {
  const started = await startEmulator({
    entities: { ...entities, queues: [{ name: 'orders' }, ...(entities.queues ?? [])] },
  });
  const idsIn = (path: string) => started.emulator.inspect(path).active.map(({ messageId }) => messageId);
  return { ...started, idsIn };
}

describe('an entity that forwards', () => {
  it('hands its messages on, through topics and subscriptions too, with the number they were first given', async () => {
    const { client, emulator, idsIn } = await startWith({
      queues: [{ name: 'in', forwardTo: 'news' }, { name: 'out' }],
      topics: [{ name: 'news', subscriptions: [{ name: 'all', forwardTo: 'out' }, { name: 'kept' }] }],
    });
    await client.createSender('in').sendMessages([
      { body: 1, messageId: 'a' },
      { body: 2, messageId: 'b' },
    ]);
    expect([idsIn('in'), idsIn('out'), idsIn('news/Subscriptions/kept')]).toEqual([[], ['a', 'b'], ['a', 'b']]);
    expect(emulator.inspect('news/Subscriptions/all').active).toEqual([]);
    const message = await receiveOne(client.createReceiver('out'));
    expect([message.enqueuedSequenceNumber, message.deadLetterSource]).toEqual([1, undefined]);
  });

  it('cannot be received from', async () => {
    const { client } = await startWith({ queues: [{ name: 'in', forwardTo: 'orders' }] });
    await expect(client.createReceiver('in').receiveMessages(1)).rejects.toThrow(
      'Cannot create a message receiver on an entity with auto-forwarding enabled. in forwards to orders.',
    );
  });

  it('hands dead letters on, which say where they come from', async () => {
    const { client, idsIn, emulator } = await startWith({
      queues: [{ name: 'work', forwardDeadLettersTo: 'failures', maxDeliveryCount: 1 }, { name: 'failures' }],
    });
    await client.createSender('work').sendMessages({ body: 1, messageId: 'bad' });
    const receiver = client.createReceiver('work');
    await receiver.abandonMessage(await receiveOne(receiver));
    expect([idsIn('failures'), emulator.inspect('work').deadLettered]).toEqual([['bad'], []]);
    const { deadLetterSource, deadLetterReason } = await receiveOne(client.createReceiver('failures'));
    expect([deadLetterSource, deadLetterReason]).toEqual(['work', 'MaxDeliveryCountExceeded']);
  });

  it('hands a message on four times, and then puts it into the transfer dead-letter queue', async () => {
    const chain = [1, 2, 3, 4, 5].map((number) => ({ name: `q${number}`, forwardTo: `q${number + 1}` }));
    const { client, idsIn } = await startWith({ queues: [...chain, { name: 'q6' }] });
    await client.createSender('q1').sendMessages({ body: 1, messageId: 'from 1' });
    await client.createSender('q2').sendMessages({ body: 1, messageId: 'from 2' });
    expect([idsIn('q6'), idsIn('q5/$Transfer/$DeadLetterQueue')]).toEqual([['from 2'], ['from 1']]);
    const transfer = client.createReceiver('q5', { subQueueType: 'transferDeadLetter' });
    expect((await receiveOne(transfer)).deadLetterReason).toBe('MaxTransferHopCountExceeded');
  });

  it('ends where two forward to one another', async () => {
    const { client, idsIn } = await startWith({
      queues: [
        { name: 'a', forwardTo: 'b' },
        { name: 'b', forwardTo: 'a' },
      ],
    });
    await client.createSender('a').sendMessages({ body: 1, messageId: 'round' });
    expect(idsIn('a/$Transfer/$DeadLetterQueue')).toEqual(['round']);
  });

  it('keeps what a disabled entity does not take', async () => {
    const { client, idsIn } = await startWith({
      queues: [
        { name: 'in', forwardTo: 'closed' },
        { name: 'closed', status: 'SendDisabled' },
      ],
    });
    await client.createSender('in').sendMessages({ body: 1, messageId: 'm' });
    expect([idsIn('closed'), idsIn('in/$Transfer/$DeadLetterQueue')]).toEqual([[], ['m']]);
  });

  it.each<[EntityOptions, string]>([
    [{ queues: [{ name: 'a', forwardTo: 'b' }] }, 'There is no queue or topic b that a could forward to'],
    [{ queues: [{ name: 'a', forwardDeadLettersTo: 'b' }] }, 'There is no queue or topic b that a could forward to'],
    [
      { queues: [{ name: 'a', forwardTo: 'b', requiresSession: true }, { name: 'b' }] },
      'a has sessions, and what has sessions cannot be forwarded',
    ],
  ])('is refused if it cannot: %j', async (entities, error) => {
    await expect(startServiceBusEmulator({ entities })).rejects.toThrow(error);
  });
});

describe('an entity', () => {
  it.each([
    ['Disabled', true, true],
    ['SendDisabled', true, false],
    ['ReceiveDisabled', false, true],
  ] as const)('that is %s says so to those who ask', async (status, refusesSenders, refusesReceivers) => {
    const { client } = await startWith({ queues: [{ name: 'q', status }] });
    const refused = { code: 'MessagingEntityDisabled' };
    const sending = client.createSender('q').sendMessages({ body: 1 });
    if (refusesSenders) await expect(sending).rejects.toMatchObject(refused);
    else await sending;
    const receiving = client.createReceiver('q').receiveMessages(1, { maxWaitTimeInMs: 100 });
    if (refusesReceivers) await expect(receiving).rejects.toMatchObject(refused);
    else await receiving;
  });

  it('can take larger messages than others', async () => {
    const { client, idsIn } = await startWith({ queues: [{ name: 'large', maxMessageBytes: 1_000_000 }] });
    const sender = client.createSender('large');
    await sender.sendMessages({ body: 'x'.repeat(900_000), messageId: 'm' });
    expect(idsIn('large')).toEqual(['m']);
    await expect(sender.sendMessages({ body: 'x'.repeat(1_100_000) })).rejects.toThrow('exceeds the limit (1000000)');
  });
});
