import { describe, expect, it } from 'vitest';
import { queue, startEmulator } from '../emulator-fixture.ts';
import { Described, described, emptyList, nil } from './encoding.ts';
import {
  attach,
  begin,
  credit,
  detach,
  type Frame,
  messageOf,
  open,
  RawClient,
  source,
  target,
  transfer,
} from './raw-client.ts';

const sourceOf = ({ fields }: Frame) => fields[5];
const targetOf = ({ fields }: Frame) => fields[6];
const fieldsOf = (terminus: unknown) => (terminus instanceof Described ? (terminus.value as unknown[]) : undefined);

describe('every frame', () => {
  it('has all the fields of its kind', async () => {
    const { emulator, sender } = await startEmulator();
    await sender.sendMessages({ body: 1 });
    const client = await RawClient.begin(emulator.port);
    client.write(attach({ from: source(queue), to: target('me') }), credit(1));
    await client.next('transfer');
    client.write(attach({ name: 'mine', handle: 1, role: 'sender', from: source('me'), to: target(queue) }));
    await client.next('flow');
    client.write(transfer(messageOf('hello'), { handle: 1 }));
    await client.next('disposition');
    client.write(detach(0));
    await client.next('detach');
    const counts = client.frames.map(({ name, fields }) => [name, fields.length]);
    expect(Object.fromEntries(counts)).toEqual({
      open: 10,
      begin: 8,
      attach: 14,
      flow: 11,
      transfer: 11,
      disposition: 6,
      detach: 3,
    });
    expect(client.frames.find(({ name }) => name === 'begin')?.fields[4]).toBe(4_999); // handle-max
  });
});

describe('an attach', () => {
  it('is answered with all the fields of source and target', async () => {
    const { emulator } = await startEmulator();
    const client = await RawClient.begin(emulator.port);
    client.write(attach({ from: source(queue), to: target('me') }));
    const answer = await client.next('attach');
    expect(fieldsOf(sourceOf(answer))).toEqual([queue, ...Array(10).fill(null)]);
    expect(fieldsOf(targetOf(answer))).toEqual(['me', ...Array(6).fill(null)]);
  });

  it('may have no target if the client receives', async () => {
    const { emulator, sender } = await startEmulator();
    await sender.sendMessages({ body: 1 });
    const client = await RawClient.begin(emulator.port);
    client.write(attach({ from: source(queue), to: nil }), credit(1));
    expect(targetOf(await client.next('attach'))).toBeNull();
    await client.next('transfer');
  });

  it('with an empty source does not change the answers to others', async () => {
    const { emulator } = await startEmulator();
    const client = await RawClient.begin(emulator.port);
    client.write(attach({ role: 'sender', from: described(0x28, emptyList), to: target(queue) }));
    expect(fieldsOf(sourceOf(await client.next('attach')))).toEqual(Array(11).fill(null));
    client.write(attach({ name: 'other', handle: 1, from: source(queue), to: described(0x29, emptyList) }));
    expect(fieldsOf(targetOf(await client.next('attach')))).toEqual(Array(7).fill(null));
  });

  it('is answered before a message leaves, also if credit was read with it', async () => {
    const { emulator, sender } = await startEmulator();
    await sender.sendMessages({ body: 1 });
    const client = await RawClient.begin(emulator.port);
    client.write(attach({ from: source(queue), to: target('me') }), credit(1));
    await client.next('transfer');
    expect(client.frames.map(({ name }) => name)).toEqual(['open', 'begin', 'attach', 'transfer']);
  });

  it('is answered as well if everything since the open was read with it', async () => {
    const { emulator, sender } = await startEmulator();
    await sender.sendMessages({ body: 1 });
    const client = await RawClient.connect(emulator.port);
    client.write(Buffer.from('AMQP\0\x01\0\0'), open(), begin(), attach({ from: source(queue) }), credit(1));
    await client.next('transfer');
    expect(client.frames.map(({ name }) => name)).toEqual(['open', 'begin', 'attach', 'transfer']);
  });

  it('may have the name of a link in the other direction', async () => {
    const { emulator } = await startEmulator();
    const client = await RawClient.begin(emulator.port);
    client.write(attach({ name: 'one', role: 'sender', to: target(queue) }));
    client.write(attach({ name: 'one', handle: 1, from: source(queue) }), credit(1, { handle: 1 }));
    await client.next('flow');
    client.write(transfer(messageOf('hello')));
    const { fields } = await client.next('transfer');
    const handles = client.frames.filter(({ name }) => name === 'attach').map((frame) => frame.fields.slice(0, 3));
    expect(handles).toEqual([
      ['one', 0, true],
      ['one', 1, false],
    ]);
    expect(fields[0]).toBe(1);
  });

  it('may have the name and the handle of a link that has gone', async () => {
    const { emulator, sender } = await startEmulator();
    const client = await RawClient.begin(emulator.port);
    client.write(attach({ from: source(queue) }));
    await client.next('attach');
    client.write(detach(), attach({ from: source(queue) }));
    await client.next('attach');
    client.write(credit(1));
    await sender.sendMessages({ body: 1 });
    await client.next('transfer');
  });
});
