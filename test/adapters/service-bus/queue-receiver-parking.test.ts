import { describe, expect, it } from 'vitest';
import { depth } from '../../support/cases.ts';
import { paced } from '../../support/machine-speed.ts';
import { until } from '../../support/until.ts';
import { connect, queueName, send, startQueue } from './queue-fixture.ts';
import { complete, receiverFor } from './receiver-fixture.ts';

/** So many wait, each with a link of its own. */
const many = depth === 'deep' ? 500 : 50;

const empty = { active: [], locked: [], deadLettered: [] };

describe('QueueReceiver, when a delivery parks', () => {
  it('takes another message meanwhile, and makes the parked one wait for a slot again', async () => {
    const emulator = await startQueue();
    const client = connect(emulator);
    await send(client, 'parked', 'other');
    const { receiver, delivery } = receiverFor(client, { maxConcurrentCalls: 1 });
    await receiver.start();
    const parked = await delivery(0);
    parked.slot.park();
    const other = await delivery(1);
    const order: string[] = [];
    const unparked = parked.slot.unpark().then(() => order.push('unparked'));
    await send(client, 'third');
    order.push('settled the other');
    other.settle(complete);
    await unparked;
    expect(order).toEqual(['settled the other', 'unparked']);
    expect(emulator.inspect(queueName).active).toMatchObject([{ messageId: 'third' }]);
    parked.settle(complete);
    (await delivery(2)).settle(complete);
    await until(() => expect(emulator.inspect(queueName)).toMatchObject(empty));
  });

  it('settles it without a slot, too', async () => {
    const emulator = await startQueue();
    const client = connect(emulator);
    await send(client, 'm');
    const { receiver, delivery } = receiverFor(client, { maxConcurrentCalls: 1 });
    await receiver.start();
    const { slot, settle } = await delivery(0);
    slot.park();
    settle({ kind: 'dead-letter', reason: 'parked', description: 'still ours' });
    await until(() => expect(emulator.inspect(queueName).deadLettered).toMatchObject([{ deadLetterReason: 'parked' }]));
  });

  it('keeps its peek-lock', async () => {
    const lockDurationMs = paced(900);
    const emulator = await startQueue({ entities: { queues: [{ name: queueName, lockDurationMs }] } });
    const client = connect(emulator);
    await send(client, 'm');
    const { receiver, deliveries, delivery } = receiverFor(client);
    await receiver.start();
    const { slot, settle } = await delivery(0);
    slot.park();
    const end = Date.now() + 3 * lockDurationMs;
    await until(() => expect(emulator.inspect(queueName).locked[0]?.lockedUntil).toBeGreaterThan(end));
    settle(complete);
    await until(() => expect(emulator.inspect(queueName)).toMatchObject(empty));
    expect(deliveries).toHaveLength(1);
  });

  it(`works on others behind ${many} that are parked`, async () => {
    const lockDurationMs = Math.min(300_000, paced(60_000));
    const emulator = await startQueue({ entities: { queues: [{ name: queueName, lockDurationMs }] } });
    const client = connect(emulator);
    const ids = Array.from({ length: many + 1 }, (_, index) => `${index}`);
    await client.createSender(queueName).sendMessages(ids.map((messageId) => ({ messageId, body: 'x' })));
    const { receiver, deliveries } = receiverFor(client);
    await receiver.start();
    const parked = new Set<unknown>();
    await until(() => {
      for (const delivery of deliveries.slice(parked.size, many)) {
        delivery.slot.park();
        parked.add(delivery);
      }
      expect(deliveries).toHaveLength(many + 1);
    });
    deliveries[many]?.settle(complete);
    await until(() => expect(emulator.inspect(queueName).locked).toHaveLength(many));
    await Promise.all(deliveries.slice(0, many).map(({ slot, settle }) => slot.unpark().then(() => settle(complete))));
    await until(() => expect(emulator.inspect(queueName)).toMatchObject(empty));
    expect(deliveries).toHaveLength(many + 1);
  });
});
