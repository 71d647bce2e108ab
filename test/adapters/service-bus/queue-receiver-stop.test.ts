import { setImmediate } from 'node:timers/promises';
import type { Faults } from 'service-bus-emulator';
import { describe, expect, it } from 'vitest';
import { durationMs, seconds } from '../../../src/domain/time.ts';
import { silencedWire } from '../../support/silenced-wire.ts';
import { until } from '../../support/until.ts';
import { connect, queueName, send, startQueue } from './queue-fixture.ts';
import { complete, receiverFor } from './receiver-fixture.ts';

describe('QueueReceiver, when it is stopped', () => {
  it('takes no more messages, and waits until those at work are settled', async () => {
    const emulator = await startQueue();
    const client = connect(emulator);
    await send(client, 'a', 'b');
    const { receiver, deliveries, delivery } = receiverFor(client, { maxConcurrentCalls: 3 });
    await receiver.start();
    const [a, b] = [await delivery(0), await delivery(1)];
    let hasStopped = false;
    const stopped = receiver.stop(seconds(15)).then(() => {
      hasStopped = true;
    });
    await send(client, 'late');
    a.settle(complete);
    await until(() => expect(emulator.inspect(queueName).locked).toMatchObject([{ messageId: 'b' }]));
    expect(hasStopped).toBe(false);
    b.settle(complete);
    await stopped;
    expect(emulator.inspect(queueName)).toMatchObject({ active: [{ messageId: 'late' }], locked: [] });
    expect(deliveries).toHaveLength(2);
  });

  it('leaves alone what still works after the grace: the peek-lock runs out', async () => {
    const emulator = await startQueue();
    const client = connect(emulator);
    await send(client, 'm');
    const { receiver, delivery } = receiverFor(client);
    await receiver.start();
    await delivery(0);
    await receiver.stop(durationMs(50));
    expect(emulator.inspect(queueName).locked).toMatchObject([{ messageId: 'm', deliveryCount: 0 }]);
  });

  it('does not renew the peek-lock of what still works after the grace', async () => {
    const emulator = await startQueue({ entities: { queues: [{ name: queueName, lockDurationMs: 300 }] } });
    const client = connect(emulator);
    await send(client, 'm');
    const { receiver, delivery } = receiverFor(client);
    await receiver.start();
    await delivery(0);
    await receiver.stop(durationMs(50));
    await until(() => expect(emulator.inspect(queueName).active).toMatchObject([{ messageId: 'm' }]));
    // A busy machine may have lost it once before.
    expect(emulator.inspect(queueName).active[0]?.deliveryCount).toBeGreaterThan(0);
  });

  it('abandons a message that arrives while it stops', async () => {
    const faults: Faults = {};
    const emulator = await startQueue({ faults });
    const client = connect(emulator);
    const { receiver, deliveries } = receiverFor(client);
    await receiver.start();
    let stopped: Promise<void> | undefined;
    faults.onDelivery = () => {
      stopped = receiver.stop(seconds(15));
      return undefined;
    };
    await send(client, 'm');
    await until(() => expect(stopped).toBeDefined());
    await stopped;
    expect(emulator.inspect(queueName).active).toMatchObject([{ messageId: 'm', deliveryCount: 1 }]);
    expect(deliveries).toEqual([]);
  });

  it('abandons a message that still waits for a slot', async () => {
    const emulator = await startQueue();
    const client = connect(emulator);
    await send(client, 'parked');
    const { receiver, delivery, deliveries } = receiverFor(client, { maxConcurrentCalls: 1 });
    await receiver.start();
    const parked = await delivery(0);
    parked.slot.park();
    await setImmediate(); // a receiver waits for the next message now
    await parked.slot.unpark();
    await send(client, 'waits');
    await until(() => expect(emulator.inspect(queueName).locked).toHaveLength(2));
    const stopped = receiver.stop(seconds(15));
    parked.settle(complete);
    await stopped;
    expect(emulator.inspect(queueName)).toMatchObject({ active: [{ messageId: 'waits' }], locked: [] });
    expect(deliveries).toHaveLength(1);
  });

  it('stops while its server is away', async () => {
    const emulator = await startQueue();
    const { receiver, events } = receiverFor(connect(emulator));
    await receiver.start();
    await emulator.close();
    await until(() => expect(events).toContainEqual(expect.objectContaining({ kind: 'interrupted' })));
    await receiver.stop(seconds(15));
  });

  it('stops without having started, and twice', async () => {
    const { receiver } = receiverFor(connect(await startQueue()));
    await Promise.all([receiver.stop(seconds(15)), receiver.stop(seconds(15))]);
  });

  it('stops at once though the broker says nothing while links are opened', async () => {
    const emulator = await startQueue();
    const [, port = ''] = /:(\d+)/.exec(emulator.connectionString) ?? [];
    const wire = await silencedWire(Number(port));
    wire.silence();
    const connectionString = emulator.connectionString.replace(port, String(wire.port));
    const { receiver, events } = receiverFor(connect({ connectionString }, { timeoutInMs: 600_000 }));
    void receiver.start();
    await until(() => expect(events).toMatchObject([{ kind: 'interrupted', reason: 'unreachable' }]));
    const start = performance.now();
    await receiver.stop(seconds(3600));
    // The SDK itself waits for a minute.
    expect(performance.now() - start).toBeLessThan(55_000);
  });
});
