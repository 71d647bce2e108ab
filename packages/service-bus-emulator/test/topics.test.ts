import { expect, it } from 'vitest';
import { receiveNone, receiveOne, startEmulator } from './emulator-fixture.ts';

const audit = 'news/Subscriptions/audit';
const subscriptions = [
  { name: 'audit' },
  { name: 'urgent', rules: [{ name: 'urgent', filter: { subject: 'urgent', properties: { level: 3 } } }] },
];
const entities = { queues: [{ name: 'orders' }], topics: [{ name: 'news', subscriptions }] };

it('gives every subscription whose rules match a copy of its own', async () => {
  const { client } = await startEmulator({ entities });
  const sender = client.createSender('news');
  await sender.sendMessages({ body: 1, subject: 'urgent', applicationProperties: { level: 3 } });
  await sender.sendMessages({ body: 2, subject: 'Urgent', applicationProperties: { level: 3 } });
  await sender.sendMessages({ body: 3, subject: 'urgent', applicationProperties: { level: 2 } });
  const all = client.createReceiver('news', 'audit');
  const urgent = client.createReceiver('NEWS', 'Urgent');
  const first = await receiveOne(urgent);
  expect(first.body).toBe(1);
  await urgent.completeMessage(first);
  expect(await receiveNone(urgent)).toEqual([]);
  for (const body of [1, 2, 3]) {
    const message = await receiveOne(all);
    expect([message.body, message.sequenceNumber?.toNumber()]).toEqual([body, body]);
    await all.completeMessage(message);
  }
});

it('has a dead-letter queue for each subscription', async () => {
  const { client, emulator } = await startEmulator({ entities });
  await client.createSender('news').sendMessages({ body: 'bad', messageId: 'bad' });
  const receiver = client.createReceiver('news', 'audit');
  await receiver.deadLetterMessage(await receiveOne(receiver), {
    deadLetterReason: 'unreadable',
    deadLetterErrorDescription: '',
  });
  expect(emulator.inspect(audit).deadLettered).toMatchObject([{ messageId: 'bad', deadLetterReason: 'unreadable' }]);
  const dead = client.createReceiver('news', 'audit', { subQueueType: 'deadLetter' });
  expect((await receiveOne(dead)).body).toBe('bad');
});

it('keeps scheduled messages of a topic until their time, and takes them back', async () => {
  const { client, clock, emulator } = await startEmulator({ entities });
  const sender = client.createSender('news');
  const at = new Date(clock.now() + 60_000);
  const [, number] = await sender.scheduleMessages([{ body: 'kept', messageId: 'kept' }, { body: 'cancelled' }], at);
  if (number === undefined) throw new Error('It has no number');
  await sender.cancelScheduledMessages(number);
  expect(emulator.inspect(audit).active).toEqual([]);
  clock.advance(60_000);
  expect(emulator.inspect(audit).active).toMatchObject([{ messageId: 'kept' }]);
});

it('detects duplicates for all subscriptions at once, and shortens the time to live', async () => {
  const topic = { name: 'news', duplicateDetectionWindowMs: 60_000, defaultTimeToLiveMs: 5_000 };
  const { client, clock, emulator } = await startEmulator({ entities: { topics: [{ ...topic, subscriptions }] } });
  const sender = client.createSender('news');
  for (const body of [1, 2]) await sender.sendMessages({ body, messageId: 'same' });
  expect(emulator.inspect(audit).active).toHaveLength(1);
  clock.advance(5_000);
  expect(emulator.inspect(audit).active).toEqual([]);
});

it('says where to receive and to send instead', async () => {
  const { client, emulator } = await startEmulator({ entities });
  await expect(client.createReceiver('news').receiveMessages(1)).rejects.toThrow('news/Subscriptions/NAME');
  await expect(client.createSender(audit).sendMessages({ body: 1 })).rejects.toThrow('Nobody may send to news/Subs');
  await expect(client.createReceiver('news', 'none').peekMessages(1)).rejects.toThrow(
    "The messaging entity 'news/Subscriptions/none' could not be found.",
  );
  expect(() => emulator.inspect('news')).toThrow('is a topic');
});
