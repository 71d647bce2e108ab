import { describe, expect, it } from 'vitest';
import { queue, receiveOne, startEmulator } from '../emulator-fixture.ts';
import { array, binary, described, int, list, long, map, string } from './encoding.ts';
import { transfer } from './raw-client.ts';
import { bodyOf, propertiesOf, request, requester, sectionsOf } from './requester.ts';

describe('a request', () => {
  it('is settled before its reply leaves', async () => {
    const { emulator, sender } = await startEmulator();
    await sender.sendMessages({ body: 1 });
    const client = await requester(emulator.port);
    const body = map(string('from-sequence-number'), long(1), string('message-count'), int(1));
    client.write(transfer(request('peek-message', body)));
    await client.next('transfer');
    const names = client.frames.map(({ name }) => name);
    expect(names.slice(-2)).toEqual(['disposition', 'transfer']);
  });

  it.each([
    ['an array', array(0x81, long(1))],
    ['a list', list(long(1))],
    ['a list of other integers', list(int(1))],
  ])('may have its sequence numbers as %s', async (_, numbers) => {
    const { emulator, sender, receiver } = await startEmulator();
    await sender.sendMessages({ body: 1 });
    await receiver.deferMessage(await receiveOne(receiver));
    const client = await requester(emulator.port);
    const mode = [string('receiver-settle-mode'), int(1)];
    client.write(transfer(request('receive-by-sequence-number', map(string('sequence-numbers'), numbers, ...mode))));
    const { payload } = await client.next('transfer');
    expect(propertiesOf(payload).get('statusCode')).toBe(200);
    expect(emulator.inspect(queue).locked).toHaveLength(1);
  });

  it('may have its messages as a list of maps, described or not', async () => {
    const { emulator } = await startEmulator();
    const client = await requester(emulator.port);
    const entry = map(string('message-id'), string('a'), string('message'), binary(described(0x77, string('hello'))));
    client.write(transfer(request('schedule-message', map(string('messages'), list(entry)))));
    const { payload } = await client.next('transfer');
    expect(propertiesOf(payload).get('statusCode')).toBe(200);
    expect(bodyOf(payload).get('sequence-numbers')).toEqual([1]);
  });

  it('for a deferred message gets its lock token in the message as well', async () => {
    const { emulator, sender, receiver } = await startEmulator();
    await sender.sendMessages({ body: 1 });
    await receiver.deferMessage(await receiveOne(receiver));
    const client = await requester(emulator.port);
    const numbers = [string('sequence-numbers'), array(0x81, long(1))];
    client.write(
      transfer(request('receive-by-sequence-number', map(...numbers, string('receiver-settle-mode'), int(1)))),
    );
    const { payload } = await client.next('transfer');
    const [entry] = bodyOf(payload).get('messages') as Map<string, unknown>[];
    const message = sectionsOf(entry?.get('message') as Buffer);
    const token = entry?.get('lock-token');
    expect(token).toHaveLength(16);
    expect(message.get(0x71)).toEqual(new Map([['x-opt-lock-token', token]]));
  });

  it('is not answered by a message that shows a lock token to those who only look', async () => {
    const { emulator, sender, receiver } = await startEmulator();
    await sender.sendMessages({ body: 1 });
    await receiveOne(receiver);
    const client = await requester(emulator.port);
    const body = map(string('from-sequence-number'), long(1), string('message-count'), int(1));
    client.write(transfer(request('peek-message', body)));
    const [entry] = bodyOf((await client.next('transfer')).payload).get('messages') as Map<string, unknown>[];
    expect(sectionsOf(entry?.get('message') as Buffer).has(0x71)).toBe(false);
  });
});
