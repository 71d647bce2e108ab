import { ServiceBusClient, type ServiceBusMessage } from '@azure/service-bus';
import { startServiceBusEmulator } from 'service-bus-emulator';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { InMemoryLockStore } from '../../../src/adapters/in-memory/in-memory-lock-store.ts';
import type { Source } from '../../../src/adapters/service-bus/source.ts';
import { sha256Hex } from '../../../src/adapters/system/sha256.ts';
import type { MessageHandler } from '../../../src/application/ports/message-handler.ts';
import { lockName as nameOf } from '../../../src/domain/lock-name.ts';
import type { MessageId } from '../../../src/domain/message-id.ts';
import { Token } from '../../../src/entrypoints/standalone/index.ts';
import { type SourcesHostOptions, startHost } from '../../../src/entrypoints/standalone/start-host.ts';
import { lockBlobs, newContainer } from '../../support/blob-containers.ts';
import { newLog } from './standalone-fixture.ts';

/** Two queues, one with sessions, and a topic with two subscriptions. */
const entities = {
  queues: [{ name: 'orders' }, { name: 'payments' }, { name: 'steps', requiresSession: true }],
  topics: [{ name: 'invoices', subscriptions: [{ name: 'billing' }, { name: 'audit' }] }],
};

async function startEngines() {
  const emulator = await startServiceBusEmulator({ port: 0, entities });
  const client = new ServiceBusClient(emulator.connectionString);
  onTestFinished(async () => {
    await client.close();
    await emulator.close();
  });
  const locks = await newContainer();
  const env = {
    ServiceBusConnection: emulator.connectionString,
    LockStorage: inject('blobStorage'),
    LOCK_CONTAINER: locks.containerName,
    PORT: '0',
  };
  const send = (entity: string, ...messages: ServiceBusMessage[]) => client.createSender(entity).sendMessages(messages);
  return { emulator, locks, env, send };
}

/** A host of these sources. It is stopped when the test is over. */
async function start(env: Readonly<Record<string, string>>, options: Omit<SourcesHostOptions, 'env' | 'log'>) {
  const { log, lines } = newLog();
  const host = await startHost({ ...options, env, log, endsOnSignal: false });
  onTestFinished(() => host.stop());
  return { host, lines };
}

/** A handler for each source that notes which messages it works on. */
function noted() {
  const done: string[] = [];
  const as =
    (name: string): MessageHandler =>
    async ({ id, sessionId }) =>
      void done.push(`${name} ${id}${sessionId === undefined ? '' : ` of ${sessionId}`}`);
  return { done, as };
}

describe('A host of several sources', () => {
  it('works on queues, subscriptions and sessions, each with locks of its own', async () => {
    const { env, send, locks } = await startEngines();
    const { done, as } = noted();
    const topicName = 'invoices';
    const sources: readonly Source[] = [
      { queueName: 'orders', handler: as('orders') },
      { queueName: 'payments', handler: as('payments'), scope: 'money' },
      { queueName: 'steps', sessions: true, handler: as('steps'), concurrency: 2 },
      { topicName, subscriptionName: 'billing', handler: as('billing') },
      { topicName, subscriptionName: 'audit', handler: as('audit') },
    ];
    const { host } = await start(env, { sources, http: false });
    expect(host.address).toBe('');
    const body = { n: 1 };
    for (const queue of ['orders', 'payments', 'invoices']) await send(queue, { messageId: 'm-1', body });
    await send('orders', { messageId: 'm-1', body });
    await send('steps', { messageId: '1', sessionId: 's', body }, { messageId: '2', sessionId: 's', body });
    await expect
      .poll(() => done.toSorted())
      .toEqual(['audit m-1', 'billing m-1', 'orders m-1', 'payments m-1', 'steps 1 of s', 'steps 2 of s']);
    expect(done.filter((line) => line.startsWith('steps'))).toEqual(['steps 1 of s', 'steps 2 of s']);
    const names: string[] = [];
    for await (const { name } of lockBlobs(locks)) names.push(name);
    expect(names).toEqual([
      'invoices~2Fsubscriptions~2Faudit/lock-m-1.lock',
      'invoices~2Fsubscriptions~2Fbilling/lock-m-1.lock',
      'money/lock-m-1.lock',
      'orders/lock-m-1.lock',
      'steps/lock-1.lock',
      'steps/lock-2.lock',
    ]);
  });

  it('submits over HTTP to the queue that it is told to, under the ID that its idOf gives', async () => {
    const { env } = await startEngines();
    const { done, as } = noted();
    const idOf: Source['idOf'] = ({ content }) =>
      content.kind === 'json' ? `order-${(content.value as { n: number }).n}` : '';
    const sources: readonly Source[] = [
      { queueName: 'payments', handler: as('payments') },
      { queueName: 'orders', handler: as('orders'), idOf },
    ];
    const { host } = await start(env, { sources, http: { source: 'Orders' } });
    const post = (headers: Record<string, string> = {}, n: unknown = 7) =>
      fetch(`${host.address}/api/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ n }),
      });
    expect(await (await post()).json()).toMatchObject({ messageId: 'order-7', status: 'accepted' });
    expect((await post({ 'idempotency-key': 'order-7' })).status).toBe(202);
    const other = await post({ 'idempotency-key': 'order-8' });
    expect(other.status).toBe(400);
    expect(await other.json()).toMatchObject({
      type: 'urn:immutable-service-bus:problem:invalid-message-id',
      detail: 'The message ID of this content is order-7: send it under that one, or under none.',
    });
    expect((await post({}, 'x'.repeat(200))).status).toBe(400);
    const status = async () => (await fetch(`${host.address}/api/messages/order-7`)).json();
    await expect.poll(status).toMatchObject({ status: 'completed' });
    expect(done).toEqual(['orders order-7']);
  });

  it('takes parts of your own', async () => {
    const { env, send } = await startEngines();
    const { done, as } = noted();
    const locks = new InMemoryLockStore();
    const configure: SourcesHostOptions['configure'] = (container) =>
      void container.rebind(Token.lockStore).toConstantValue(locks);
    await start(env, { sources: [{ queueName: 'orders', handler: as('orders') }], configure });
    await send('orders', { messageId: 'm-1', body: 1 });
    await expect.poll(() => done).toEqual(['orders m-1']);
    const name = nameOf({ scope: 'orders', id: 'm-1' as MessageId }, sha256Hex);
    await expect.poll(() => locks.read(name)).toMatchObject({ record: { state: 'completed' } });
  });

  it('does not start without one of its subscriptions, and says which', async () => {
    const { env } = await startEngines();
    const { as } = noted();
    const sources: readonly Source[] = [
      { queueName: 'orders', handler: as('orders') },
      { topicName: 'invoices', subscriptionName: 'missing', handler: as('missing') },
    ];
    const starting = startHost({ sources, http: false, env, log: newLog().log, endsOnSignal: false });
    await expect(starting).rejects.toThrow(
      'There is no subscription missing of the topic invoices. Check both names, or create it.',
    );
  });

  it('is refused with everything that is wrong with its sources and settings at once', async () => {
    const handler: MessageHandler = async () => undefined;
    const sources: readonly Source[] = [
      { queueName: 'orders', handler, concurrency: 0, maxDeliveryCount: 2 },
      { queueName: 'orders', handler, scope: 'a b' },
      { topicName: 'invoices', subscriptionName: 'audit', handler, scope: 'orders' },
      { queueName: 'steps', sessions: true, handler },
    ];
    const env = { PORT: 'x', LOCK_SCOPE: 'orders', LockStorage: inject('blobStorage'), ServiceBusConnection: '' };
    const refused = await startHost({ sources, http: { source: 'steps' }, env, endsOnSignal: false }).catch((e) => e);
    for (const words of [
      'http.source is "steps", but must be a queue without sessions: "orders", "orders".',
      'LOCK_SCOPE is set, but the host has sources: give each the scope that it needs.',
      'The guard of the queue orders: concurrency is 0, but must be a whole number from 1 to 1000.',
      'The guard of the queue orders: scope is "a b", but must be',
      'The scope "orders" is used twice: by the queue orders (connection ServiceBusConnection) and the subscription audit',
      'The source the queue orders is there twice.',
      'PORT is "x"',
      'ServiceBusConnection is not set',
    ])
      expect(refused.message).toContain(words);
    const withoutHttp = startHost({ sources, env, endsOnSignal: false });
    await expect(withoutHttp).rejects.toThrow(
      'http is not set. Set it to false, or to { source } with a queue without',
    );
  });
});
