// The operations of the interop run with one version of @azure/service-bus, from the folder in which it is installed.
// One line of JSON on the standard output for each; see ../README.md.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { sessionOperations } from './sessions.mjs';
import { topicOperations } from './topics.mjs';

const require = createRequire(join(process.cwd(), 'package.json'));
const [sdk, Long, WebSocket] = ['@azure/service-bus', 'long', 'ws'].map((name) => require(name));
const { ServiceBusClient } = sdk;

const { QUEUE: queue, IDLE_SECONDS: idleSeconds, ENDPOINT: endpoint } = process.env;
const retryOptions = { retryDelayInMs: 200, maxRetries: 5, timeoutInMs: 10_000 };
const connect = (more = {}) => new ServiceBusClient(endpoint, { retryOptions, ...more });
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const idling = (async () => {
  const quiet = connect();
  const [itsSender, itsReceiver] = [quiet.createSender(`${queue}-idle`), quiet.createReceiver(`${queue}-idle`)];
  for (const body of ['before', 'after']) {
    await itsSender.sendMessages({ body });
    assert.equal((await take(itsReceiver, 1))[0].body, body);
    if (body === 'before') await sleep(Number(idleSeconds) * 1000);
  }
  await quiet.close();
})();
idling.catch(() => {});

const client = connect();
const sender = client.createSender(queue);
const receiver = client.createReceiver(queue);
const deadReceiver = (options = {}) => client.createReceiver(queue, { subQueueType: 'deadLetter', ...options });

await operation('connect', async () => {
  assert.equal((await sender.createMessageBatch()).maxSizeInBytes, 262_144);
});

await operation('send and receive', async () => {
  await sender.sendMessages({ body: 'hello', messageId: 'one' });
  const message = await one(receiver);
  assert.deepEqual([message.body, message.messageId, message.deliveryCount], ['hello', 'one', 0]);
  assert(message.lockedUntilUtc > new Date());
  await receiver.completeMessage(message);
});

await operation('send a batch', async () => {
  const batch = await sender.createMessageBatch();
  for (let body = 0; body < 10; body += 1) assert(batch.tryAddMessage({ body }));
  await sender.sendMessages(batch);
  assert.equal(bodies(await take(receiver, 10)), '0123456789');
});

await operation('all properties and bodies', async () => {
  const properties = { string: 'text', int: 7, double: 1.5, bool: true, date: new Date(1_700_000_000_000), null: null };
  const message = {
    body: { deep: [1, 'two'] },
    messageId: 'id',
    correlationId: 'correlation',
    contentType: 'application/json',
    subject: 'subject',
    to: 'to',
    replyTo: 'reply',
    replyToSessionId: 'reply-session',
    partitionKey: 'key',
    timeToLive: 300_000,
    applicationProperties: properties,
  };
  await sender.sendMessages(message);
  const received = await one(receiver);
  for (const name of Object.keys(message)) {
    if (name !== 'applicationProperties') assert.deepEqual(received[name], message[name], name);
  }
  assert.deepEqual({ ...received.applicationProperties }, { ...properties, date: properties.date.getTime() });
  await receiver.completeMessage(received);
  const bytes = Buffer.from([0, 1, 255]);
  await sender.sendMessages({ body: bytes });
  assert.deepEqual(Buffer.from((await take(receiver, 1))[0].body), bytes);
});

await operation('abandon until dead-lettered', async () => {
  await sender.sendMessages({ body: 'poison' });
  const counts = [];
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const message = await one(receiver);
    counts.push(message.deliveryCount);
    await receiver.abandonMessage(message, { attempt });
  }
  assert.deepEqual(counts, [0, 1, 2]);
  const [dead] = await take(deadReceiver(), 1);
  assert.equal(dead.deadLetterReason, 'MaxDeliveryCountExceeded');
  assert.equal(dead.applicationProperties.attempt, 2);
});

await operation('dead-letter with a reason', async () => {
  await sender.sendMessages({ body: 'bad' });
  const options = { deadLetterReason: 'reason', deadLetterErrorDescription: 'description' };
  await receiver.deadLetterMessage(await one(receiver), options);
  const [dead] = await take(deadReceiver(), 1);
  assert.deepEqual([dead.deadLetterReason, dead.deadLetterErrorDescription], ['reason', 'description']);
});

await operation('complete, then close at once', async () => {
  await sender.sendMessages({ body: 'last' });
  const shortLived = connect();
  const its = shortLived.createReceiver(queue);
  const message = await one(its);
  await its.completeMessage(message);
  await shortLived.close();
  await empty();
});

await operation('renew a lock', async () => {
  await sender.sendMessages({ body: 'long' });
  const message = await one(receiver);
  const before = message.lockedUntilUtc;
  await sleep(20);
  assert((await receiver.renewMessageLock(message)) > before);
  await receiver.completeMessage(message);
});

await operation('peek', async () => {
  await sender.sendMessages([{ body: 'a' }, { body: 'b' }]);
  assert.equal(bodies(await client.createReceiver(queue).peekMessages(10)), 'ab');
  assert.equal(bodies(await take(receiver, 2)), 'ab');
});

await operation('schedule and cancel', async () => {
  const later = new Date(Date.now() + 2_000);
  const numbers = await sender.scheduleMessages([{ body: 'kept' }, { body: 'cancelled' }], later);
  await sender.cancelScheduledMessages(numbers[1]);
  assert.equal(bodies(await take(receiver, 1)), 'kept');
  assert(new Date() >= later);
  await empty();
});

await operation('defer and receive by number', async () => {
  await sender.sendMessages([{ body: 'x' }, { body: 'y' }]);
  const numbers = [];
  while (numbers.length < 2) {
    const message = await one(receiver);
    numbers.push(message.sequenceNumber);
    await receiver.deferMessage(message);
  }
  await empty();
  const [x, y] = await receiver.receiveDeferredMessages(numbers.map((number) => Long.fromValue(number)));
  await receiver.renewMessageLock(x);
  await receiver.completeMessage(x);
  await receiver.deadLetterMessage(y);
  assert.equal(bodies(await take(deadReceiver(), 1)), 'y');
});

await operation('receive and delete', async () => {
  await sender.sendMessages([{ body: '1' }, { body: '2' }]);
  const greedy = client.createReceiver(queue, { receiveMode: 'receiveAndDelete' });
  assert.equal(bodies(await all(greedy, 2)), '12');
  await greedy.close();
  await empty();
});

await operation('processor, prefetch 0', async () => {
  const seen = [];
  const errors = [];
  const its = client.createReceiver(queue);
  const handlers = {
    processMessage: async ({ body }) => void seen.push(body),
    processError: async ({ error }) => void errors.push(error),
  };
  const subscription = its.subscribe(handlers, { maxConcurrentCalls: 8 });
  await sender.sendMessages(Array.from({ length: 200 }, (_, body) => ({ body })));
  await until(() => seen.length >= 200);
  await subscription.close();
  await its.close();
  if (errors.length > 0) throw errors[0];
  assert.equal(new Set(seen).size, 200);
  await empty();
});

await operation('200 KB pass, 300 KB are refused', async () => {
  await sender.sendMessages({ body: 'x'.repeat(200_000) });
  assert.equal((await take(receiver, 1))[0].body.length, 200_000);
  await refused(() => sender.sendMessages({ body: 'x'.repeat(300_000) }), /MessageSizeExceeded|SizeExceeded/);
});

await operation('1,000 messages', async () => {
  for (let batch = 0; batch < 10; batch += 1) {
    await sender.sendMessages(Array.from({ length: 100 }, (_, body) => ({ body: `${batch} ${body}` })));
  }
  assert.equal(new Set((await take(receiver, 1000)).map(({ body }) => body)).size, 1000);
  await empty();
});

// This client has no way to ask for messages ahead: the row "prefetch" is not for it.

// The older ones open WebSockets on port 443 only.
if (process.env.IS_DEVELOPMENT === 'true')
  await operation('AMQP over WebSockets', async () => {
    const web = connect({ webSocketOptions: { webSocket: WebSocket } });
    await web.createSender(queue).sendMessages({ body: 'web' });
    assert.equal(bodies(await take(web.createReceiver(queue), 1)), 'web');
    await web.close();
  });

await operation('a queue that is not there', () =>
  refused(
    () => client.createSender('nowhere').sendMessages({ body: 1 }),
    /MessagingEntityNotFound.*nowhere|could not be found/s,
  ),
);

const sessions = sessionOperations({
  client,
  queue: `${queue}-sessions`,
  plain: queue,
  connect,
  tools: { one, take, bodies, refused, sleep },
});
for (const [name, body] of Object.entries(sessions)) await operation(name, body);

const tools = { take, one, bodies, refused };
const connectionString = process.env.CONNECTION_STRING;
for (const [name, body] of topicOperations({ sdk, client, queue, connectionString, tools }))
  await operation(name, body);

await operation('idle, then used', () => idling);

await operation('the emulator starts anew', async () => {
  const seen = [];
  const its = client.createReceiver(queue);
  its.subscribe({ processMessage: async ({ body }) => void seen.push(body), processError: async () => {} });
  await sender.sendMessages({ body: 'before' });
  await until(() => seen.includes('before'));
  console.log(JSON.stringify({ ask: 'restart' }));
  await new Promise((resolve) => createInterface(process.stdin).once('line', resolve));
  for (let sent = false; !sent; ) {
    sent = await sender.sendMessages({ body: 'after' }).then(
      () => true,
      () => sleep(200),
    );
  }
  await until(() => seen.includes('after'));
});

process.exit(0); // a client that was cut off may keep its timers

async function operation(name, body) {
  const start = performance.now();
  let error = null;
  try {
    await body();
  } catch (failure) {
    error = `${failure?.name}: ${failure?.message}`.split('\n')[0];
    const sweeper = client.createReceiver(queue, { receiveMode: 'receiveAndDelete' });
    try {
      while ((await sweeper.receiveMessages(100, { maxWaitTimeInMs: 300 })).length > 0);
      await sweeper.close();
    } catch {}
  }
  console.log(JSON.stringify({ operation: name, error, ms: Math.round(performance.now() - start) }));
}

async function all(from, count, settle = async () => {}) {
  const messages = [];
  while (messages.length < count) {
    const some = await from.receiveMessages(count - messages.length, { maxWaitTimeInMs: 10_000 });
    if (some.length === 0) throw new Error(`only ${messages.length} of ${count} messages came`);
    for (const message of some) await settle(message);
    messages.push(...some);
  }
  return messages;
}

function take(from, count) {
  return all(from, count, (message) => from.completeMessage(message));
}

async function one(from) {
  return (await all(from, 1))[0];
}

async function empty() {
  const [left] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 300 });
  if (left !== undefined) throw new Error(`'${left.body}' is still there`);
  const seen = await client.createReceiver(queue).peekMessages(10);
  const locked = seen.find(({ state }) => state === 'active'); // the older ones do not show it
  if (locked !== undefined) throw new Error(`'${locked.body}' is still locked`);
}

async function refused(what, words) {
  const error = await what().then(
    () => undefined,
    (failure) => failure,
  );
  if (error === undefined) throw new Error('it is not refused');
  assert.match([error, ...(error.errors ?? [])].map((each) => `${each.code} ${each.message}`).join(' '), words);
}

async function until(condition) {
  for (const end = Date.now() + 60_000; !condition(); await sleep(20)) {
    if (Date.now() > end) throw new Error('it never happens');
  }
}

function bodies(messages) {
  return messages.map(({ body }) => body).join('');
}
