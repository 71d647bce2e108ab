import { describe, expect, it } from 'vitest';
import { seconds } from '../../../src/domain/time.ts';
import { until } from '../../support/until.ts';
import { connect, queueName, send, startQueue } from './queue-fixture.ts';
import { complete, receiverFor } from './receiver-fixture.ts';

const empty = { active: [], locked: [], deadLettered: [] };

describe('QueueReceiver, when the connection is cut', () => {
  it('settles a message that was received before', async () => {
    const emulator = await startQueue();
    const client = connect(emulator, { maxRetries: 2, timeoutInMs: 500 });
    await send(client, 'm');
    const { receiver, deliveries, delivery, events } = receiverFor(client, { maxConcurrentCalls: 1 });
    await receiver.start();
    await delivery(0);
    emulator.cutConnections();
    await until(() => {
      for (const { settle } of deliveries) settle(complete);
      expect(emulator.inspect(queueName)).toMatchObject(empty);
    });
    // A machine too busy for the client's tries may leave the message to its next delivery, and that is told.
    const notSettled = events.filter(({ kind }) => kind === 'not-settled').length;
    expect(deliveries.length).toBeLessThanOrEqual(1 + notSettled);
  });

  it('settles a parked message whose slot has received others, before and since', async () => {
    const emulator = await startQueue();
    const client = connect(emulator);
    await send(client, 'parked', 'before');
    const { receiver, delivery } = receiverFor(client, { maxConcurrentCalls: 1 });
    await receiver.start();
    const parked = await delivery(0);
    parked.slot.park();
    (await delivery(1)).settle(complete);
    await until(() => expect(emulator.inspect(queueName).locked).toHaveLength(1));
    emulator.cutConnections();
    await send(connect(emulator), 'since');
    (await delivery(2)).settle(complete);
    parked.settle(complete);
    await until(() => expect(emulator.inspect(queueName)).toMatchObject(empty));
  });

  it('settles a message and receives the next although other receivers were just attaching', async () => {
    const emulator = await startQueue();
    const client = connect(emulator, { maxRetries: 2, timeoutInMs: 500 });
    await send(client, 'm');
    const { receiver, delivery } = receiverFor(client, { maxConcurrentCalls: 8 });
    await receiver.start();
    const { settle } = await delivery(0);
    emulator.cutConnections();
    settle(complete);
    await send(connect(emulator), 'next');
    (await delivery(1)).settle(complete);
    await until(() => expect(emulator.inspect(queueName)).toMatchObject(empty));
  });

  it('goes on receiving, and says nothing of what was mended at once', async () => {
    const emulator = await startQueue();
    const { receiver, delivery, events } = receiverFor(connect(emulator), { maxConcurrentCalls: 1 });
    await receiver.start();
    emulator.cutConnections();
    await send(connect(emulator), 'm');
    (await delivery(0)).settle(complete);
    expect(events).toEqual([{ kind: 'receiving' }]);
  });
});

describe('QueueReceiver', () => {
  it('goes on receiving when the broker detaches its links', async () => {
    const emulator = await startQueue();
    const { receiver, delivery, events } = receiverFor(connect(emulator));
    await receiver.start();
    emulator.detachReceivers(queueName);
    await send(connect(emulator), 'm');
    (await delivery(0)).settle(complete);
    expect(events).toEqual([{ kind: 'receiving' }]);
  });

  it('waits for a server that went away, tells of both changes once, and goes on', async () => {
    const gone = await startQueue();
    const { receiver, delivery, events } = receiverFor(connect(gone));
    await receiver.start();
    await gone.close();
    const interrupted = { kind: 'interrupted', reason: 'unreachable', cause: expect.any(Error) };
    await until(() => expect(events).toEqual([{ kind: 'receiving' }, interrupted]));
    const back = await startQueue({ port: gone.port });
    await send(connect(back), 'm');
    (await delivery(0)).settle(complete);
    await until(() => expect(back.inspect(queueName)).toMatchObject(empty));
    expect(events).toEqual([{ kind: 'receiving' }, interrupted, { kind: 'receiving' }]);
  });

  it('starts before its server does', async () => {
    const gone = await startQueue();
    const { receiver, events } = receiverFor(connect(gone));
    await gone.close();
    const started = receiver.start();
    await until(() => expect(events).toMatchObject([{ kind: 'interrupted', reason: 'unreachable' }]));
    await startQueue({ port: gone.port });
    await started;
    expect(events).toMatchObject([{ kind: 'interrupted' }, { kind: 'receiving' }]);
  });

  it('says that there is no such queue, and lets itself be stopped all the same', async () => {
    const { receiver, events } = receiverFor(
      connect(await startQueue({ entities: { queues: [{ name: 'another' }] } })),
    );
    const started = receiver.start();
    await until(() => expect(events).toMatchObject([{ kind: 'interrupted', reason: 'queue-not-found' }]));
    await receiver.stop(seconds(5));
    await started;
  });
});
