import { describe, expect, it } from 'vitest';
import { QueueProbe } from '../../../src/adapters/service-bus/queue-probe.ts';
import { connect, queueName, startQueue } from './queue-fixture.ts';

describe('QueueProbe', () => {
  it('reaches a queue, empty or not, again and again, and takes nothing from it', async () => {
    const emulator = await startQueue();
    const client = connect(emulator);
    const probe = new QueueProbe(client, { queueName });
    await probe.reach();
    await client.createSender(queueName).sendMessages({ messageId: 'm-1', body: 1 });
    await probe.reach();
    await probe.reach();
    expect(emulator.inspect(queueName)).toMatchObject({ active: [{ messageId: 'm-1' }], locked: [] });
  });

  it('rejects when there is no such queue', async () => {
    const probe = new QueueProbe(connect(await startQueue()), { queueName: 'other' });
    await expect(probe.reach()).rejects.toThrow();
  });
});
