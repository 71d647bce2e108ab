import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { queue, receiveOne, startEmulator } from '../emulator-fixture.ts';
import type { Described } from './encoding.ts';
import {
  amqpHeader,
  attach,
  begin,
  credit,
  errorIn,
  messageOf,
  open,
  RawClient,
  saslHeader,
  source,
  target,
  transfer,
} from './raw-client.ts';

/** An emulator whose log the test reads. */
async function startLogged(options = {}) {
  const lines: string[] = [];
  return { ...(await startEmulator({ log: (line) => void lines.push(line), ...options })), lines };
}

/** The error of an outcome. */
function outcomeIn(outcome: unknown) {
  const [error] = (outcome as Described).value as [Described];
  const [condition, description] = error.value as unknown[];
  return { condition, description };
}

describe('a client that makes no sense', () => {
  it.each([
    [
      'a frame that is longer than agreed',
      Buffer.from([0x7f, 0xff, 0xff, 0xff, 2, 0, 0, 0]),
      'amqp:connection:framing-error',
    ],
    ['a frame that is shorter than its head', Buffer.from([0, 0, 0, 4, 2, 0, 0, 0]), 'amqp:decode-error'],
    ['a frame without a known kind', Buffer.from([0, 0, 0, 11, 2, 0, 0, 0, 0, 0x53, 0x99, 0x45]), 'amqp:decode-error'],
    [
      'a transfer on a link that is not there',
      transfer(messageOf('hello'), { handle: 7 }),
      'amqp:session:unattached-handle',
    ],
    ['a second begin of its session', begin(), 'amqp:connection:framing-error'],
    ['a session beyond the last', begin(5_000), 'amqp:connection:framing-error'],
    ['a link beyond the last', attach({ handle: 5_000, from: source(queue) }), 'amqp:connection:framing-error'],
  ])('is told so, and others go on: %s', async (_, bytes, condition) => {
    const { emulator, sender, receiver, lines } = await startLogged();
    const client = await RawClient.begin(emulator.port);
    client.write(bytes);
    expect(errorIn(await client.next('close'))).toMatchObject({ condition });
    await client.ended();
    expect(lines).toEqual([expect.stringContaining(condition)]);
    await sender.sendMessages({ body: 'fine' });
    expect((await receiveOne(receiver)).body).toBe('fine');
  });

  it.each([
    // The first byte says what a client speaks.
    ['random bytes', Buffer.concat([Buffer.from([0]), randomBytes(100_000)])],
    ['random bytes that begin like HTTP', Buffer.concat([Buffer.from('G'), randomBytes(100_000)])],
    ['random bytes that begin like TLS', Buffer.concat([Buffer.from([0x16]), randomBytes(100_000)])],
    ['another AMQP', Buffer.from('AMQP\0\0\x09\x01')],
    ['random bytes after a header', Buffer.concat([amqpHeader, randomBytes(100_000)])],
    ['random bytes after a header for SASL', Buffer.concat([saslHeader, randomBytes(100_000)])],
  ])('is let go: %s', async (_, bytes) => {
    const { emulator, sender, lines } = await startLogged();
    const client = await RawClient.connect(emulator.port);
    client.write(bytes);
    await client.ended();
    expect(lines).toHaveLength(1);
    await sender.sendMessages({ body: 'fine' });
  });
});

describe('a client that does not go on', () => {
  it.each([
    ['before the header is complete', Buffer.from('AMQ')],
    ['before the open', amqpHeader],
    ['within SASL', saslHeader],
  ])('is let go: %s', async (_, bytes) => {
    const { emulator, lines } = await startLogged({ clientTimeoutMs: 200 });
    const client = await RawClient.connect(emulator.port);
    client.write(bytes);
    await client.ended();
    expect(lines).toEqual([expect.stringContaining('took too long to open its connection')]);
  });

  it('is told so if it stops within a frame', async () => {
    const { emulator, lines } = await startLogged({ clientTimeoutMs: 200 });
    const client = await RawClient.begin(emulator.port);
    client.write(open().subarray(0, 20));
    expect(errorIn(await client.next('close'))).toMatchObject({ condition: 'amqp:resource-limit-exceeded' });
    await client.ended();
    expect(lines).toEqual([expect.stringContaining('took too long to finish a frame')]);
  });

  it('with a delivery that is too large hears how large it was', async () => {
    const { emulator } = await startLogged();
    const client = await RawClient.begin(emulator.port);
    client.write(attach({ role: 'sender', to: target(queue) }));
    await client.next('flow');
    for (let sent = 0; sent < 20; sent += 1) client.write(transfer(Buffer.alloc(32_000), { more: true }));
    client.write(transfer(Buffer.alloc(1)));
    const { fields } = await client.next('disposition');
    expect(outcomeIn(fields[4])).toMatchObject({
      condition: 'amqp:link:message-size-exceeded',
      description: expect.stringContaining('640001'),
    });
    expect(emulator.inspect(queue).active).toEqual([]);
  });
});

describe('a client that does not read', () => {
  it('is sent no more than fits, and is let go; nobody else waits for it', async () => {
    const { emulator, sender, receiver, lines, clock } = await startLogged({ clientTimeoutMs: 1_000 });
    const body = 'x'.repeat(200_000);
    const client = await RawClient.begin(emulator.port);
    client.write(attach({ from: source(queue), to: target('me') }), credit(2_000));
    await client.next('attach');
    client.stopReading();
    const count = 100;
    for (let sent = 0; sent < count; sent += 1) await sender.sendMessages({ body });
    const { locked, active } = emulator.inspect(queue);
    expect(locked.length).toBeLessThan(count);
    expect(active.length).toBeGreaterThan(0);
    expect((await receiveOne(receiver)).body).toBe(body);
    await expect.poll(() => lines).toEqual([expect.stringContaining('took too long to read')]);
    clock.advance(60_000);
    expect(emulator.inspect(queue).active.length).toBeGreaterThanOrEqual(count - 1);
  });
});
