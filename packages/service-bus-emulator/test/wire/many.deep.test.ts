import { expect, it } from 'vitest';
import { startEmulator } from '../emulator-fixture.ts';
import { attach, credit, messageOf, RawClient, source, target, transfer } from './raw-client.ts';

it('serves 1,000 queues to 100 connections with 10 links each', async () => {
  const names = Array.from({ length: 1_000 }, (_, place) => `queue-${place}`);
  const { emulator } = await startEmulator({ entities: { queues: names.map((name) => ({ name })) } });
  const receivers = await Promise.all(Array.from({ length: 100 }, () => RawClient.begin(emulator.port)));
  for (const [place, client] of receivers.entries()) {
    const its = names.slice(place * 10, place * 10 + 10);
    const links = its.map((name, handle) => attach({ name, handle, from: source(name) }));
    client.write(...links, ...its.map((_, handle) => credit(1, { handle })));
  }
  const sender = await RawClient.begin(emulator.port);
  sender.write(...names.map((name, handle) => attach({ name, handle, role: 'sender', to: target(name) })));
  for (const _ of names) await sender.next('flow');
  sender.write(...names.map((name, handle) => transfer(messageOf(name), { handle, deliveryId: handle })));
  for (const client of receivers) {
    for (let count = 0; count < 10; count += 1) await client.next('transfer');
  }
  expect(names.map((name) => emulator.inspect(name).locked.length)).toEqual(names.map(() => 1));
});
