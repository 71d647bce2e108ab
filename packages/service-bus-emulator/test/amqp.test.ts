import { once } from 'node:events';
import rhea, {
  type ConnectionOptions,
  type EventContext,
  type Message,
  type Receiver,
  type ReceiverOptions,
} from 'rhea';
import { describe, expect, it, onTestFinished } from 'vitest';
import { queue, receiveOne, startEmulator } from './emulator-fixture.ts';

const { types } = rhea;

/** An AMQP client that does as it is told, also what the SDK never does. Closed when the test is over. */
function connectAmqp(port: number, options: ConnectionOptions = { username: 'anyone', port }) {
  const connection = rhea.create_container().connect({ ...options, host: '127.0.0.1', port, reconnect: false });
  connection.on('disconnected', () => {});
  onTestFinished(() => connection.close());
  return connection;
}

/** A receiver in peek-lock mode, without credit. */
async function attachReceiver(port: number, options: ReceiverOptions = {}): Promise<Receiver> {
  const peekLock: ReceiverOptions = { rcv_settle_mode: 1, snd_settle_mode: 0, autoaccept: false, autosettle: false };
  const link = connectAmqp(port).open_receiver({ source: queue, credit_window: 0, ...peekLock, ...options });
  await once(link, 'receiver_open');
  return link;
}

async function next(link: Receiver, event: string): Promise<EventContext> {
  const [context]: EventContext[] = await once(link, event);
  if (context === undefined) throw new Error(`The event ${event} has no context`);
  return context;
}

/** Sends one request to a node and waits for the reply. */
async function request(port: number, node: string, operation: string, body: unknown = {}): Promise<Message> {
  const connection = connectAmqp(port);
  const replies = connection.open_receiver({ source: node, target: 'my-replies' });
  const requests = connection.open_sender(node);
  const reply = next(replies, 'message');
  requests.once('sendable', () =>
    requests.send({ message_id: 'request-1', reply_to: 'my-replies', application_properties: { operation }, body }),
  );
  const { message } = await reply;
  if (message === undefined) throw new Error('The reply is not a message');
  return message;
}

const management = `${queue}/$management`;

describe('a receiving link', () => {
  it('carries as delivery tag the lock token in the byte order of a .NET GUID', async () => {
    const { emulator, sender } = await startEmulator();
    await sender.sendMessages({ body: 1 });
    const link = await attachReceiver(emulator.port);
    link.add_credit(1);
    const tag = (await next(link, 'message')).delivery?.tag as Buffer;
    const token = Buffer.from([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map((place) => tag[place] ?? 0));
    const renew = (bytes: Buffer) =>
      request(emulator.port, management, 'com.microsoft:renew-lock', {
        'lock-tokens': types.wrap_array([bytes], 0x98, undefined),
      });
    expect((await renew(token)).application_properties).toMatchObject({ statusCode: 200 });
    expect((await renew(tag)).application_properties).toMatchObject({
      statusCode: 410,
      errorCondition: 'com.microsoft:message-lock-lost',
    });
  });

  it('is told that it is drained also when it has no credit', async () => {
    const { emulator, sender } = await startEmulator();
    await sender.sendMessages({ body: 1 });
    const link = await attachReceiver(emulator.port);
    link.add_credit(1);
    await next(link, 'message');
    link.drain_credit();
    await next(link, 'receiver_drained');
  });

  it('gets what there is before it is drained, and nothing after it', async () => {
    const { emulator, sender } = await startEmulator();
    await sender.sendMessages([{ body: 1 }, { body: 2 }]);
    const link = await attachReceiver(emulator.port);
    const events: string[] = [];
    link.on('message', () => events.push('message'));
    link.add_credit(10);
    link.drain_credit();
    await next(link, 'receiver_drained');
    expect(events).toEqual(['message', 'message']);
    await sender.sendMessages({ body: 3 });
    expect(emulator.inspect(queue).active).toHaveLength(1);
    link.drain = false;
    link.add_credit(1);
    await next(link, 'message');
  });

  it('has sequence numbers as long and times as timestamp', async () => {
    const { emulator, sender } = await startEmulator();
    await sender.sendMessages({ body: 1 });
    const { body } = await request(emulator.port, management, 'com.microsoft:peek-message', {
      'from-sequence-number': types.wrap_long(1),
      'message-count': types.wrap_int(1),
    });
    const bytes: Buffer = body.messages[0].message;
    const typeCodeBehind = (name: string) => bytes[bytes.indexOf(name) + name.length];
    expect(typeCodeBehind('x-opt-sequence-number')).toBe(0x55); // smalllong
    expect(typeCodeBehind('x-opt-enqueued-time')).toBe(0x83); // timestamp
  });

  it('may be settled by the client alone', async () => {
    const { emulator, sender } = await startEmulator();
    await sender.sendMessages({ body: 1 });
    const link = await attachReceiver(emulator.port, { rcv_settle_mode: 0 });
    link.add_credit(1);
    (await next(link, 'message')).delivery?.accept();
    await expect.poll(() => emulator.inspect(queue).locked).toEqual([]);
    expect(emulator.inspect(queue).active).toEqual([]);
  });

  it('may release a message, which does not count as a delivery', async () => {
    const { emulator, sender, receiver } = await startEmulator();
    await sender.sendMessages({ body: 1 });
    const link = await attachReceiver(emulator.port, { rcv_settle_mode: 0 });
    link.add_credit(1);
    (await next(link, 'message')).delivery?.release();
    expect((await receiveOne(receiver)).deliveryCount).toBe(0);
  });

  it('may name its queue by a whole URI', async () => {
    const { emulator } = await startEmulator();
    await attachReceiver(emulator.port, { source: `sb://127.0.0.1:${emulator.port}/${queue}` });
  });
});

describe('a sending link', () => {
  it('is told the largest message it may send', async () => {
    const { emulator } = await startEmulator();
    const link = connectAmqp(emulator.port).open_sender(queue);
    await once(link, 'sender_open');
    expect(link.max_message_size).toBe(262_144);
  });

  it('is told that its bytes are not a message', async () => {
    const { emulator, receiver, sender } = await startEmulator();
    const link = connectAmqp(emulator.port).open_sender(queue);
    await once(link, 'sendable');
    link.send(Buffer.from('GET / HTTP/1.1'), undefined, 0);
    const [{ delivery }] = (await once(link, 'rejected')) as [EventContext];
    expect(delivery?.remote_state?.['error'].condition).toBe('amqp:decode-error');
    await sender.sendMessages({ body: 'fine' });
    expect((await receiveOne(receiver)).body).toBe('fine');
  });

  it('is detached, and the words say why, if there is no such queue', async () => {
    const { emulator } = await startEmulator();
    const link = connectAmqp(emulator.port).open_sender('nowhere');
    await once(link, 'sender_error');
    expect(link.error).toMatchObject({
      condition: 'amqp:not-found',
      description: "The messaging entity 'nowhere' could not be found.",
    });
  });
});

describe('a connection', () => {
  it('may be opened as the .NET SDK does it', async () => {
    const { emulator } = await startEmulator();
    const start = (respond: (error: undefined, response: Buffer) => void) => respond(undefined, Buffer.alloc(0));
    const { port } = emulator;
    const connection = connectAmqp(port, { port, sasl_mechanisms: { MSSBCBS: { start } } } as ConnectionOptions);
    await once(connection, 'connection_open');
  });
});

describe('a request', () => {
  it.each([
    ['com.microsoft:make-coffee', {}, 501, 'amqp:not-implemented'],
    ['com.microsoft:renew-lock', {}, 400, 'amqp:invalid-field'],
    ['com.microsoft:update-disposition', { 'disposition-status': 'lost' }, 400, 'amqp:invalid-field'],
    ['com.microsoft:schedule-message', { messages: [{ message: Buffer.from('no') }] }, 400, 'amqp:invalid-field'],
  ])('%s that cannot be carried out is refused', async (operation, body, statusCode, errorCondition) => {
    const { emulator } = await startEmulator();
    const reply = await request(emulator.port, management, operation, body);
    expect(reply.correlation_id).toBe('request-1');
    expect(reply.application_properties).toMatchObject({ statusCode, errorCondition });
  });

  it('for a token is granted, anything else at $cbs is not', async () => {
    const { emulator } = await startEmulator();
    const granted = await request(emulator.port, '$cbs', 'put-token', 'any token');
    expect(granted.application_properties).toMatchObject({ 'status-code': 202 });
    const refused = await request(emulator.port, '$cbs', 'delete-token');
    expect(refused.application_properties).toMatchObject({ 'status-code': 501 });
  });
});
