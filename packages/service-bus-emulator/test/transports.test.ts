import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import rhea, { type ConnectionOptions } from 'rhea';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { makeCertificate } from '../src/transport/certificate.ts';
import { queue, receiveOne, startEmulator } from './emulator-fixture.ts';

/** Sends a message over a connection of rhea's, and closes it. */
async function sendOver(options: ConnectionOptions): Promise<void> {
  const connection = rhea.create_container().connect({ username: 'anyone', reconnect: false, ...options });
  connection.on('disconnected', () => {});
  onTestFinished(() => connection.close());
  const link = connection.open_sender(queue);
  await once(link, 'sendable');
  link.send({ body: 'hello' });
  await once(link, 'accepted');
}

describe('one port', () => {
  it('serves AMQP over TLS, to those who trust the certificate', async () => {
    const { emulator } = await startEmulator();
    const ca = await emulator.certificate();
    await sendOver({ host: 'localhost', port: emulator.port, transport: 'tls', ca } as ConnectionOptions);
    expect(emulator.inspect(queue).active).toHaveLength(1);
    expect(emulator.tlsConnectionString).not.toContain('UseDevelopmentEmulator');
  });

  it('serves AMQP over TLS with a certificate that was given', async () => {
    const certificate = await makeCertificate();
    const { emulator } = await startEmulator({ certificate });
    expect(await emulator.certificate()).toBe(certificate.cert);
    const ca = certificate.cert;
    await sendOver({
      host: '127.0.0.1',
      servername: 'localhost',
      port: emulator.port,
      transport: 'tls',
      ca,
    } as ConnectionOptions);
  });

  it.each([
    ['the subprotocol of the Azure SDKs', 'AMQPWSB10', '/$servicebus/websocket'],
    ['the subprotocol of the specification', 'amqp', '/$servicebus/websocket/'],
  ])('serves AMQP over WebSockets, with %s', async (_, subprotocol, path) => {
    const { emulator, receiver } = await startEmulator();
    const connectWebSocket = rhea.websocket_connect(WebSocket as never);
    const details = connectWebSocket(`ws://127.0.0.1:${emulator.port}${path}`, [subprotocol], {});
    await sendOver({ connection_details: details } as unknown as ConnectionOptions);
    expect((await receiveOne(receiver)).body).toBe('hello');
  });

  it('serves AMQP over WebSockets over TLS', async () => {
    const { emulator } = await startEmulator();
    const ca = await emulator.certificate();
    const connectWebSocket = rhea.websocket_connect(WebSocket as never);
    const details = connectWebSocket(`wss://localhost:${emulator.port}/$servicebus/websocket`, ['AMQPWSB10'], { ca });
    await sendOver({ connection_details: details } as unknown as ConnectionOptions);
    expect(emulator.inspect(queue).active).toHaveLength(1);
  });

  it('says over HTTP that it is well', async () => {
    const { emulator } = await startEmulator();
    const response = await fetch(`http://127.0.0.1:${emulator.port}/health`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: 'healthy' });
    expect((await fetch(`http://127.0.0.1:${emulator.port}/`)).status).toBe(404);
  });

  it('has a second one for HTTP if one is wanted', async () => {
    const { emulator } = await startEmulator({ httpPort: 0 });
    expect(emulator.httpPort).not.toBe(emulator.port);
    expect((await fetch(`http://127.0.0.1:${emulator.httpPort}/health`)).status).toBe(200);
  });
});

describe('a client that is not understood', () => {
  it('on a WebSocket elsewhere is refused', async () => {
    const { emulator } = await startEmulator();
    const webSocket = new WebSocket(`ws://127.0.0.1:${emulator.port}/elsewhere`, 'amqp');
    const [error] = await once(webSocket, 'error').catch((cause) => [cause]);
    expect(String(error)).toContain('404');
  });

  it('on TLS is let go, and the log says why', async () => {
    const lines: string[] = [];
    const { emulator, sender } = await startEmulator({ log: (line) => void lines.push(line) });
    const untrusting = connectTls({ host: '127.0.0.1', port: emulator.port });
    await once(untrusting, 'close').catch(() => {});
    const broken = connectSocket(emulator.port, '127.0.0.1');
    broken.on('error', () => {}).resume();
    broken.write(Buffer.from([0x16, 3, 1, 0, 5, 9, 9, 9, 9, 9]));
    await once(broken, 'close');
    expect(lines.at(-1)).toContain('A client on TLS is lost');
    await sender.sendMessages({ body: 'fine' });
  });
});
