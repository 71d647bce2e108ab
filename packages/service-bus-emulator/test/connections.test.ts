import { createServer } from 'node:net';
import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Faults } from '../src/faults.ts';
import { type ServiceBusEmulator, startServiceBusEmulator } from '../src/service-bus-emulator.ts';
import { connect, queue, receiveOne, startEmulator, until } from './emulator-fixture.ts';

function subscribe(receiver: ReturnType<typeof connect>['receiver']) {
  const bodies: unknown[] = [];
  const processMessage = async ({ body }: ServiceBusReceivedMessage) => void bodies.push(body);
  const processError = vi.fn(async () => {});
  receiver.subscribe({ processMessage, processError });
  return { bodies, processError };
}

describe('connections', () => {
  it('are made again after they were cut, by senders and subscribers', async () => {
    const { emulator } = await startEmulator();
    // A message that is on its way when the connection breaks is sent again after the time-out.
    const { sender, receiver } = connect(emulator.connectionString, { timeoutInMs: 1_000 });
    const { bodies } = subscribe(receiver);
    await sender.sendMessages({ body: 1 });
    await until(() => expect(bodies).toEqual([1]));
    emulator.cutConnections();
    await until(() => sender.sendMessages({ body: 2 }));
    await until(() => expect(bodies).toContain(2));
  });

  it('that are gone get no message locked for them', async () => {
    const { emulator, sender, receiver } = await startEmulator();
    const { bodies } = subscribe(receiver);
    await sender.sendMessages({ body: 1 });
    await until(() => expect(bodies).toEqual([1]));
    await receiver.close();
    await sender.sendMessages({ body: 2 });
    expect(emulator.inspect(queue)).toMatchObject({ active: [{ deliveryCount: 0 }], locked: [] });
  });

  it('whose receivers are detached attach them again', async () => {
    const { emulator, sender, receiver } = await startEmulator();
    const { bodies, processError } = subscribe(receiver);
    await sender.sendMessages({ body: 1 });
    await until(() => expect(bodies).toEqual([1]));
    emulator.detachReceivers(queue);
    await until(() => expect(processError).toHaveBeenCalled());
    await sender.sendMessages({ body: 2 });
    await until(() => expect(bodies).toEqual([1, 2]));
  });

  it('leave a message that was being settled to another delivery', async () => {
    const { emulator, sender, receiver, clock } = await startEmulator();
    await sender.sendMessages({ body: 1 });
    const message = await receiveOne(receiver);
    emulator.cutConnections();
    clock.advance(60_000);
    const again = await receiveOne(connect(emulator.connectionString).receiver);
    expect(again).toMatchObject({ body: message.body, deliveryCount: 1 });
  });

  it.each([
    ['cut', (emulator: ServiceBusEmulator) => emulator.cutConnections()],
    ['detached', (emulator: ServiceBusEmulator) => emulator.detachReceivers(queue)],
  ])('that are %s in the middle of a delivery cost a delivery and no message', async (_, breakIt) => {
    const faults: Faults = {};
    const { emulator, sender, clock } = await startEmulator({ faults });
    await sender.sendMessages([{ body: 1 }, { body: 2 }]);
    faults.onDelivery = ({ deliveryCount }) => void (deliveryCount === 0 && breakIt(emulator));
    const { receiver } = connect(emulator.connectionString, { maxRetries: 0 });
    await receiver.receiveMessages(2, { maxWaitTimeInMs: 1_000 }).catch(() => []);
    delete faults.onDelivery;
    clock.advance(60_000);
    const other = connect(emulator.connectionString).receiver;
    const bodies: unknown[] = [];
    while (bodies.length < 2) {
      const message = await receiveOne(other);
      bodies.push(message.body);
      await other.completeMessage(message);
    }
    expect(bodies.toSorted()).toEqual([1, 2]);
    expect(emulator.inspect(queue)).toMatchObject({ active: [], locked: [] });
  });

  it('are made again to a server that was gone and is back on its port', async () => {
    const queues = [{ name: queue }];
    const first = await startServiceBusEmulator({ port: 0, entities: { queues } });
    let second: ServiceBusEmulator | undefined;
    onTestFinished(() => second?.close());
    const { sender, receiver } = connect(first.connectionString);
    const { bodies, processError } = subscribe(receiver);
    await sender.sendMessages({ body: 'before' });
    await until(() => expect(bodies).toEqual(['before']));
    await first.close();
    await until(() => expect(processError).toHaveBeenCalled());
    await expect(sender.sendMessages({ body: 'lost' })).rejects.toThrow('ECONNREFUSED');

    second = await startServiceBusEmulator({ port: first.port, entities: { queues } });
    await until(() => sender.sendMessages({ body: 'after' }));
    await until(() => expect(bodies).toContain('after'));
  });
});

describe('starting and closing', () => {
  it('fails on a port that is taken, and says which', async () => {
    const { emulator } = await startEmulator();
    const { port } = emulator;
    const second = startServiceBusEmulator({ port, entities: { queues: [] } });
    await expect(second).rejects.toThrow(
      new RegExp(`cannot listen on port ${port} of 127\\.0\\.0\\.1: .*EADDRINUSE.*\\.$`),
    );
    await expect(second).rejects.toMatchObject({ cause: { code: 'EADDRINUSE' } });
  });

  it('refuses a host that others can reach', async () => {
    await expect(startServiceBusEmulator({ host: '0.0.0.0', port: 0, entities: { queues: [] } })).rejects.toThrow(
      'loopback',
    );
  });

  it('refuses two queues of one name', async () => {
    const queues = [{ name: 'orders' }, { name: 'Orders' }];
    await expect(startServiceBusEmulator({ port: 0, entities: { queues } })).rejects.toThrow(
      'There is a queue or topic Orders already',
    );
  });

  it('leaves nothing behind: no timer, and a port that can be taken', async () => {
    const { emulator, clock, client, sender, receiver } = await startEmulator();
    await sender.sendMessages({ body: 1 });
    await receiveOne(receiver);
    expect(clock.pending).toBe(1);
    await client.close(); // the SDK's close never ends if the connection is lost meanwhile
    await emulator.close();
    expect(clock.pending).toBe(0);
    const server = createServer();
    await new Promise<void>((resolve, reject) =>
      server.once('error', reject).listen(emulator.port, '127.0.0.1', resolve),
    );
    await new Promise((resolve) => server.close(resolve));
  });
});
