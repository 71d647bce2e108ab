import type { ServiceBusClient } from '@azure/service-bus';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { OnDelivery } from '../../../src/adapters/service-bus/queue-receiver.ts';
import type { QueueReceiverEvent } from '../../../src/adapters/service-bus/queue-receiver-event.ts';
import { SessionReceiver } from '../../../src/adapters/service-bus/session-receiver.ts';
import { seconds } from '../../../src/domain/time.ts';
import { paced } from '../../support/machine-speed.ts';
import { silencedWire } from '../../support/silenced-wire.ts';
import { connect, queueName, startQueue } from './queue-fixture.ts';

const complete = { kind: 'complete' } as const;

async function startSessions(lockDurationMs = 30_000) {
  const entities = { queues: [{ name: queueName, requiresSession: true, lockDurationMs }] };
  const emulator = await startQueue({ entities });
  const client = connect(emulator);
  const send = async (sessionId: string, ...messageIds: readonly string[]) => {
    const sender = client.createSender(queueName);
    for (const messageId of messageIds) await sender.sendMessages({ messageId, sessionId, body: Buffer.from('1') });
    await sender.close();
  };
  return { emulator, client, send };
}

/** A receiver that is stopped when the test is over, and what happened to it. */
function receive(
  client: ServiceBusClient,
  onDelivery: OnDelivery,
  { maxConcurrentCalls = 4, maxLockRenewalMs = seconds(60) } = {},
) {
  const events: QueueReceiverEvent[] = [];
  const settings = { queueName, maxConcurrentCalls, maxLockRenewalMs };
  const receiver = new SessionReceiver(client, settings, { onDelivery, onEvent: (event) => events.push(event) });
  onTestFinished(() => receiver.stop(seconds(0)));
  void receiver.start();
  return { receiver, events, kinds: () => events.map(({ kind }) => kind) };
}

const idOf = ({ messageId }: Parameters<OnDelivery>[0]): string => String(messageId);

describe('A receiver of sessions', () => {
  it('does the messages of a session one after another, in their order, and sessions side by side', async () => {
    const { client, send, emulator } = await startSessions();
    await send('a', 'a1', 'a2', 'a3');
    await send('b', 'b1', 'b2', 'b3');
    const begun: string[] = [];
    const atWork = new Set<string>();
    let most = 0;
    receive(client, async (message) => {
      const session = message.sent?.sessionId ?? '';
      expect(atWork.has(session)).toBe(false);
      atWork.add(session);
      most = Math.max(most, atWork.size);
      begun.push(idOf(message));
      // The first of each waits until both sessions are at work.
      if (idOf(message).endsWith('1')) await expect.poll(() => most).toBe(2);
      atWork.delete(session);
      return complete;
    });
    await expect.poll(() => begun.length).toBe(6);
    for (const session of ['a', 'b']) {
      expect(begun.filter((id) => id.startsWith(session))).toEqual([1, 2, 3].map((number) => `${session}${number}`));
    }
    await expect.poll(() => emulator.inspect(queueName)).toMatchObject({ active: [], locked: [], deadLettered: [] });
  });

  it('gets what it abandons again before anything later of the session', async () => {
    const { client, send } = await startSessions();
    await send('a', 'a1', 'a2');
    const begun: string[] = [];
    receive(client, async (message) => {
      begun.push(`${idOf(message)} #${message.deliveryCount}`);
      return begun.length < 3 ? { kind: 'abandon' } : complete;
    });
    await expect.poll(() => begun).toEqual(['a1 #1', 'a1 #2', 'a1 #3', 'a2 #1']);
  });

  it('goes on with a session after one of its messages was dead-lettered', async () => {
    const { client, send, emulator } = await startSessions();
    await send('a', 'a1', 'a2');
    const begun: string[] = [];
    receive(client, async (message) => {
      begun.push(idOf(message));
      return begun.length === 1 ? { kind: 'dead-letter', reason: 'r', description: 'd' } : complete;
    });
    await expect.poll(() => begun).toEqual(['a1', 'a2']);
    await expect.poll(() => emulator.inspect(queueName).deadLettered).toMatchObject([{ messageId: 'a1' }]);
  });

  it('keeps the lock of a session whose message takes longer than that lasts', async () => {
    const { client, send } = await startSessions(paced(1500));
    await send('a', 'a1', 'a2');
    const begun: string[] = [];
    const { kinds } = receive(client, async (message) => {
      begun.push(idOf(message));
      if (begun.length === 1) await new Promise((resolve) => setTimeout(resolve, paced(4000)));
      return complete;
    });
    await expect.poll(() => begun).toEqual(['a1', 'a2']);
    expect(kinds().filter((kind) => kind !== 'receiving')).toEqual([]);
  });

  it('begins nothing more of a session that it lost: whoever has it next begins with what was at work', async () => {
    const { client, send } = await startSessions(paced(1500));
    await send('a', 'a1', 'a2');
    const begun: string[] = [];
    const working = Promise.withResolvers<void>();
    const onDelivery: OnDelivery = async (message) => {
      begun.push(idOf(message));
      if (begun.length === 1) await working.promise;
      return complete;
    };
    const { kinds } = receive(client, onDelivery, { maxLockRenewalMs: seconds(0) });
    await expect.poll(() => begun).toEqual(['a1', 'a1', 'a2']);
    working.resolve();
    await expect.poll(kinds).toContain('not-settled');
  });

  it('works on another session while the one at work only waits', async () => {
    const { client, send } = await startSessions();
    await send('a', 'a1');
    await send('b', 'b1');
    const begun: string[] = [];
    const onDelivery: OnDelivery = async (message, slot) => {
      begun.push(idOf(message));
      if (begun.length === 1) {
        slot.park();
        await expect.poll(() => begun.length).toBe(2);
        await slot.unpark();
      }
      return complete;
    };
    receive(client, onDelivery, { maxConcurrentCalls: 1 });
    await expect.poll(() => begun.length).toBe(2);
  });

  it('stops with nothing at work, and leaves the rest to others', async () => {
    const { client, send, emulator } = await startSessions();
    await send('a', 'a1', 'a2');
    const working = Promise.withResolvers<void>();
    const begun: string[] = [];
    const { receiver } = receive(client, async (message) => {
      begun.push(idOf(message));
      await working.promise;
      return complete;
    });
    await expect.poll(() => begun).toEqual(['a1']);
    const stopped = receiver.stop(seconds(5));
    working.resolve();
    await stopped;
    expect(begun).toEqual(['a1']);
    await expect.poll(() => emulator.inspect(queueName)).toMatchObject({ active: [{ messageId: 'a2' }], locked: [] });
  });

  it('tells of a queue that is not there, and of one without sessions, and asks again', async () => {
    const { client } = await startSessions();
    const events: QueueReceiverEvent[] = [];
    const settings = { queueName: 'other', maxConcurrentCalls: 1, maxLockRenewalMs: seconds(60) };
    const receiver = new SessionReceiver(client, settings, {
      onDelivery: async () => complete,
      onEvent: (event) => events.push(event),
    });
    onTestFinished(() => receiver.stop(seconds(0)));
    void receiver.start();
    await expect.poll(() => events).toMatchObject([{ kind: 'interrupted', reason: 'queue-not-found' }]);
  });

  it.each(['waits for a session', 'waits for a message'])(
    'stops at once though the broker has fallen silent while it %s',
    async (when) => {
      const { emulator, send } = await startSessions();
      const [, port = ''] = /:(\d+)/.exec(emulator.connectionString) ?? [];
      const wire = await silencedWire(Number(port));
      const connectionString = emulator.connectionString.replace(port, String(wire.port));
      const client = connect({ connectionString }, { timeoutInMs: 600_000 });
      const delivered = Promise.withResolvers<void>();
      const { receiver, kinds } = receive(client, async () => {
        delivered.resolve();
        return complete;
      });
      await expect.poll(kinds).toContain('receiving');
      if (when === 'waits for a message') {
        await send('a', 'a1');
        await delivered.promise;
        await expect.poll(() => emulator.inspect(queueName).locked).toEqual([]);
      }
      wire.silence();
      const start = performance.now();
      await receiver.stop(seconds(3600));
      // The SDK itself waits for a minute.
      expect(performance.now() - start).toBeLessThan(55_000);
    },
  );
});
