import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import '../../../src/adapters/service-bus/frames-together.ts';

const header = Buffer.from('AMQP\0\x01\0\0');

describe('The frames of one turn', () => {
  it('leave together at its end, in their order', async () => {
    const { socket, received } = await connected();
    socket.write(header);
    socket.write('one');
    socket.write('two');
    expect(socket.writableLength).toBe(14);
    await setImmediate();
    expect(socket.writableCorked).toBe(0);
    socket.write('three');
    expect(socket.writableCorked).toBe(1);
    await setImmediate();
    socket.end();
    expect(String(await received)).toBe(`${header}onetwothree`);
  });

  it('leave when the socket is ended', async () => {
    const { socket, received } = await connected();
    socket.write(header);
    socket.write('close');
    socket.end();
    expect(String(await received)).toBe(`${header}close`);
  });

  it('are given up with a socket that is destroyed', async () => {
    const { socket, received } = await connected();
    socket.write(header);
    socket.destroy();
    await setImmediate();
    expect(await received).toHaveLength(0);
  });
});

it('What speaks another protocol is sent at once', async () => {
  const { socket } = await connected();
  socket.write('GET / HTTP/1.1\r\n');
  socket.write(header);
  expect(socket.writableCorked).toBe(0);
});

/** A socket, and all that its server gets of it. */
async function connected(): Promise<{ readonly socket: Socket; readonly received: Promise<Buffer> }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  const received = buffer((await accepted)[0]);
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  return { socket, received };
}
