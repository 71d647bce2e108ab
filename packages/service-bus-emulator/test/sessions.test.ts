import type { ServiceBusClient, ServiceBusSessionReceiver } from '@azure/service-bus';
import { describe, expect, it } from 'vitest';
import { connect, queue, receiveNone, receiveOne, startEmulator, until } from './emulator-fixture.ts';

const inOneHour = 3_600_000;
const plain = 'plain';

/** An emulator whose first queue has sessions, and whose other has not. */
async function startWithSessions() {
  const queues = [{ name: queue, requiresSession: true, lockDurationMs: 60_000 }, { name: plain }];
  const started = await startEmulator({ entities: { queues } });
  const send = (...texts: readonly string[]) =>
    started.sender.sendMessages(texts.map((body) => ({ body, messageId: body, sessionId: body.slice(0, 1) })));
  return { ...started, send };
}

const noRenewal = { maxAutoLockRenewalDurationInMs: 0 };
const accept = (client: ServiceBusClient, id: string) => client.acceptSession(queue, id, noRenewal);
const acceptNext = (client: ServiceBusClient) => client.acceptNextSession(queue, noRenewal);

async function complete(receiver: ServiceBusSessionReceiver) {
  const message = await receiveOne(receiver);
  await receiver.completeMessage(message);
  return message.body;
}

describe('a session', () => {
  it('is received in order by the one client that has it', async () => {
    const { client, emulator, clock, send } = await startWithSessions();
    await send('a1', 'b1', 'a2');
    const receiver = await accept(client, 'a');
    expect(receiver.sessionId).toBe('a');
    expect(receiver.sessionLockedUntilUtc).toEqual(new Date(clock.now() + 60_000));
    await expect(accept(connect(emulator.connectionString).client, 'a')).rejects.toMatchObject({
      code: 'SessionCannotBeLocked',
    });
    expect([await complete(receiver), await complete(receiver)]).toEqual(['a1', 'a2']);
    expect(await receiveNone(receiver)).toEqual([]);
    await receiver.close();
    await accept(connect(emulator.connectionString).client, 'a');
  });

  it('is free again when its client has gone', async () => {
    const { client, emulator, send } = await startWithSessions();
    await send('a1');
    const receiver = await accept(client, 'a');
    await receiveOne(receiver);
    await client.close();
    const other = await until(() => accept(connect(emulator.connectionString).client, 'a'));
    expect(await receiveOne(other)).toMatchObject({ body: 'a1', deliveryCount: 0, sessionId: 'a' });
  });

  it('is lost when the time of its lock is over, and its client is told', async () => {
    const { client, emulator, clock, send } = await startWithSessions();
    await send('a1');
    const receiver = await accept(client, 'a');
    const errors: unknown[] = [];
    const received = Promise.withResolvers<void>();
    receiver.subscribe(
      {
        processMessage: async () => received.resolve(),
        processError: async ({ error }) => void errors.push(error),
      },
      { autoCompleteMessages: false },
    );
    await received.promise;
    clock.advance(60_000);
    await until(() => expect(errors).toMatchObject([{ code: 'SessionLockLost' }]));
    const next = await acceptNext(connect(emulator.connectionString).client);
    expect(await receiveOne(next)).toMatchObject({ body: 'a1', deliveryCount: 1 });
  });

  it('is renewed, and then lasts longer', async () => {
    const { client, clock, send } = await startWithSessions();
    await send('a1');
    const receiver = await accept(client, 'a');
    const message = await receiveOne(receiver);
    clock.advance(59_000);
    expect(await receiver.renewSessionLock()).toEqual(new Date(clock.now() + 60_000));
    clock.advance(59_000);
    await receiver.completeMessage(message);
    clock.advance(1_000);
    await expect(receiver.renewSessionLock()).rejects.toMatchObject({ code: 'SessionLockLost' });
  });

  it('has a state, which the next who has it finds', async () => {
    const { client } = await startWithSessions();
    const receiver = await accept(client, 'a');
    expect(await receiver.getSessionState()).toBeNull();
    await receiver.setSessionState({ step: 2 });
    await receiver.close();
    const next = await accept(client, 'a');
    expect(await next.getSessionState()).toEqual({ step: 2 });
    await next.setSessionState(null);
    expect(await next.getSessionState()).toBeNull();
  });

  it('is browsed by itself', async () => {
    const { client, emulator, send } = await startWithSessions();
    await send('a1', 'b1', 'a2');
    const receiver = await accept(client, 'a');
    expect((await receiver.peekMessages(10)).map(({ body }) => body)).toEqual(['a1', 'a2']);
    const all = await connect(emulator.connectionString).receiver.peekMessages(10);
    expect(all.map(({ body }) => body)).toEqual(['a1', 'b1', 'a2']);
  });

  it('has messages that are abandoned, deferred, dead-lettered and scheduled', async () => {
    const { client, sender, clock, emulator, send } = await startWithSessions();
    await send('a1', 'a2', 'a3');
    const later = new Date(clock.now() + 30_000);
    await sender.scheduleMessages({ body: 'a4', sessionId: 'a' }, later);
    const receiver = await accept(client, 'a');
    await receiver.abandonMessage(await receiveOne(receiver));
    const first = await receiveOne(receiver);
    expect(first).toMatchObject({ body: 'a1', deliveryCount: 1 });
    await receiver.deferMessage(first);
    await receiver.deadLetterMessage(await receiveOne(receiver), {
      deadLetterReason: 'Bad',
      deadLetterErrorDescription: '',
    });
    expect(await complete(receiver)).toBe('a3');
    const [deferred] = await receiver.receiveDeferredMessages(first.sequenceNumber ?? []);
    await receiver.completeMessage(deferred ?? expect.fail('It was not deferred'));
    clock.advance(30_000);
    expect(await complete(receiver)).toBe('a4');
    const dead = client.createReceiver(queue, { subQueueType: 'deadLetter' });
    expect(await receiveOne(dead)).toMatchObject({ body: 'a2', sessionId: 'a', deadLetterReason: 'Bad' });
    expect(emulator.inspect(queue)).toMatchObject({ active: [], locked: [], deferred: [], scheduled: [] });
  });

  it('can be received and deleted', async () => {
    const { client, emulator, send } = await startWithSessions();
    await send('a1', 'a2');
    const receiver = await client.acceptSession(queue, 'a', { receiveMode: 'receiveAndDelete' });
    expect([(await receiveOne(receiver)).body, (await receiveOne(receiver)).body]).toEqual(['a1', 'a2']);
    expect(emulator.inspect(queue)).toMatchObject({ active: [], locked: [] });
  });
});

describe('the next session', () => {
  it('is one with messages that nobody has', async () => {
    const { client, send } = await startWithSessions();
    await send('a1', 'b1', 'c1');
    const held = await accept(client, 'a');
    const others = [await acceptNext(client), await acceptNext(client)];
    expect([held, ...others].map(({ sessionId }) => sessionId)).toEqual(['a', 'b', 'c']);
    expect(await complete(others[1] ?? held)).toBe('c1');
  });

  it('is waited for', async () => {
    const { client, send } = await startWithSessions();
    const waiting = acceptNext(client);
    await send('a1');
    const receiver = await waiting;
    expect([receiver.sessionId, await complete(receiver)]).toEqual(['a', 'a1']);
  });
});

describe('who receives with a session and who without', () => {
  it('is said when a client gets it wrong', async () => {
    const { client } = await startWithSessions();
    await expect(client.createReceiver(queue).receiveMessages(1)).rejects.toThrow('non-sessionful');
    await expect(client.acceptNextSession(plain)).rejects.toThrow('does not require sessions');
    const deadLetters = client.createReceiver(queue, { subQueueType: 'deadLetter' });
    expect(await receiveNone(deadLetters)).toEqual([]);
  });

  it('is said to one who sends a message without a session ID', async () => {
    const { sender, emulator, clock } = await startWithSessions();
    const refused = 'The SessionId was not set';
    await expect(sender.sendMessages({ body: 1 })).rejects.toThrow(refused);
    await expect(sender.sendMessages([{ body: 1, sessionId: 'a' }, { body: 2 }])).rejects.toThrow(refused);
    const later = new Date(clock.now() + inOneHour);
    await expect(sender.scheduleMessages({ body: 1 }, later)).rejects.toThrow(refused);
    expect(emulator.inspect(queue)).toMatchObject({ active: [], scheduled: [], deadLettered: [] });
  });
});

describe('a subscription', () => {
  it('can have sessions', async () => {
    const topics = [{ name: 'events', subscriptions: [{ name: 'all', requiresSession: true }] }];
    const { client, emulator } = await startEmulator({ entities: { topics } });
    const sender = client.createSender('events');
    await sender.sendMessages(['a', 'b', 'a'].map((sessionId, body) => ({ body, sessionId })));
    await sender.sendMessages({ body: 'lost' });
    const receiver = await client.acceptSession('events', 'all', 'a');
    expect([await complete(receiver), await complete(receiver)]).toEqual([0, 2]);
    expect((await client.acceptNextSession('events', 'all')).sessionId).toBe('b');
    const { deadLettered } = emulator.inspect('events/Subscriptions/all');
    expect(deadLettered).toMatchObject([{ deadLetterReason: 'Session ID is null.' }]);
  });
});
