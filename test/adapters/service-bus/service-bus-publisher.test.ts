import type { ServiceBusClient } from '@azure/service-bus';
import type { Faults } from 'service-bus-emulator';
import { describe, expect, it } from 'vitest';
import { ServiceBusPublisher } from '../../../src/adapters/service-bus/service-bus-publisher.ts';
import type { Message } from '../../../src/domain/message.ts';
import type { MessageId } from '../../../src/domain/message-id.ts';
import { seconds } from '../../../src/domain/time.ts';
import { describeMessagePublisher, type PublishTrouble } from '../../contracts/message-publisher.contract.ts';
import { connect, queueName, startQueue } from './queue-fixture.ts';

const publisherFor = (
  client: ServiceBusClient,
  encode: (message: Message) => string = JSON.stringify,
  maxMessageBytes = 100_000_000,
) =>
  new ServiceBusPublisher(client, {
    queueName,
    encode,
    messageIdOf: ({ id }) => id,
    contentType: 'application/cloudevents+json',
    timeToLiveMs: seconds(60),
    maxMessageBytes,
  });

const faultsFor = (trouble: PublishTrouble): Faults => {
  switch (trouble) {
    case 'too-large':
      return { onSend: () => ({ reject: 'amqp:link:message-size-exceeded' }) };
    case 'message-lost':
      return { onSend: () => ({ reject: 'amqp:internal-error' }) };
    case 'confirmation-lost':
      return { onSend: () => 'store-and-cut' };
  }
};

describeMessagePublisher('ServiceBusPublisher', async (trouble) => {
  const emulator = await startQueue(trouble === undefined ? {} : { faults: faultsFor(trouble) });
  const receiver = connect(emulator).createReceiver(queueName, { skipParsingBodyAsJson: true });
  return {
    publisher: publisherFor(connect(emulator)),
    stored: async () => (await receiver.peekMessages(100)).map(({ body }) => JSON.parse(body)),
  };
});

describe('ServiceBusPublisher', () => {
  it('sends the encoded text byte for byte, under the ID of the message', async () => {
    const text = '{"id": "m-1",\n "data": "é 😀"}';
    const client = connect(await startQueue());
    await publisherFor(client, () => text).publish(message);
    const receiver = client.createReceiver(queueName, { skipParsingBodyAsJson: true });
    const [received] = await receiver.receiveMessages(1);
    expect(received).toMatchObject({
      body: Buffer.from(text),
      messageId: 'm-1',
      contentType: 'application/cloudevents+json',
      timeToLive: 60_000,
    });
  });

  it('sends nothing that is larger than the limit, and what is not is never too large for a queue of that limit', async () => {
    const client = connect(await startQueue());
    const id = 'ä'.repeat(100);
    const longest = 262_144 - 128 - 200 - Buffer.byteLength('application/cloudevents+json');
    const outcome = (length: number) =>
      publisherFor(client, () => 'x'.repeat(length), 262_144).publish({ ...message, id: id as MessageId });
    expect(await outcome(longest)).toEqual({ kind: 'published' });
    expect(await outcome(longest + 1)).toEqual({ kind: 'too-large' });
    const receiver = client.createReceiver(queueName);
    expect(await receiver.peekMessages(10)).toHaveLength(1);
  });

  it('answers too-large for a message that the broker finds too large', async () => {
    const publisher = publisherFor(connect(await startQueue()), () => 'x'.repeat(300_000));
    expect(await publisher.publish(message)).toEqual({ kind: 'too-large' });
  });

  it('publishes once a busy broker takes the message', async () => {
    let tries = 0;
    const faults: Faults = { onSend: () => (++tries < 3 ? { reject: 'com.microsoft:server-busy' } : undefined) };
    const emulator = await startQueue({ faults });
    expect(await publisherFor(connect(emulator, { maxRetries: 2 })).publish(message)).toEqual({ kind: 'published' });
    expect(emulator.inspect(queueName).active).toHaveLength(1);
  });

  it('says of several failed tries how the last one failed', async () => {
    const emulator = await startQueue({ faults: { onSend: () => ({ reject: 'com.microsoft:server-busy' }) } });
    const result = await publisherFor(connect(emulator, { maxRetries: 2 })).publish(message);
    expect(result).toMatchObject({ kind: 'unknown', cause: { code: 'ServiceBusy' } });
  });

  it('answers unknown when nobody listens, and publishes when somebody does again', async () => {
    const gone = await startQueue();
    const publisher = publisherFor(connect(gone));
    await gone.close();
    expect(await publisher.publish(message)).toMatchObject({ kind: 'unknown' });
    const back = await startQueue({ port: gone.port });
    expect(await publisher.publish(message)).toEqual({ kind: 'published' });
    expect(back.inspect(queueName).active).toHaveLength(1);
  });

  it('answers unknown when there is no such queue', async () => {
    const emulator = await startQueue({ entities: { queues: [{ name: 'another' }] } });
    const result = await publisherFor(connect(emulator)).publish(message);
    expect(result).toMatchObject({
      kind: 'unknown',
      cause: { message: expect.stringContaining('There is no queue'), cause: { code: 'MessagingEntityNotFound' } },
    });
  });
});

const message: Message = {
  id: 'm-1' as MessageId,
  source: '/api/messages',
  type: 'test.message',
  content: { kind: 'json', value: 1 },
};
