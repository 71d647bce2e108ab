import { InMemoryLockStore } from 'immutable-service-bus/adapters/in-memory';
import { fingerprintOf, RandomIds, SystemClock, sha256Hex } from 'immutable-service-bus/adapters/system';
import { type MessageHandler, ProcessMessage } from 'immutable-service-bus/application';
import {
  type Consumer,
  type DeliveredMessage,
  type Delivery,
  lockName,
  seconds,
  workKey,
} from 'immutable-service-bus/domain';

// The use case alone, over a store in memory: put any LockStore and any queue in their places.
const handler: MessageHandler = async (message, context) => {
  console.log(`working on ${message.id}, attempt ${context.attempt}`);
  return context.step('charge', ({ idempotencyKey }) => `charged as ${idempotencyKey}`);
};

// Whose messages they are: another consumer of the same ones has a scope, and so locks, of its own.
const orders: Consumer = { scope: 'orders', ownSource: '/orders' };
const ids = new RandomIds();
const processMessage = new ProcessMessage(
  {
    store: new InMemoryLockStore(),
    clock: new SystemClock(),
    ids,
    random: Math.random,
    events: { emit: ({ kind }) => console.log(`lock event: ${kind}`) },
    lockNameOf: (key) => lockName(key, sha256Hex),
  },
  handler,
  {
    lockTtlMs: seconds(30),
    activeLockWaitMs: seconds(45),
    maxDeliveryCount: 10,
    maxAttempts: 10,
    functionTimeoutMs: seconds(300),
    keepsCompleted: true,
    host: 'this script',
  },
);

const message: DeliveredMessage = {
  id: ids.newMessageId(),
  source: orders.ownSource,
  type: 'order.placed',
  content: { kind: 'json', value: { item: 'book', quantity: 1 } },
  properties: {},
};
const delivery: Delivery = {
  key: workKey(orders, message),
  message,
  fingerprint: fingerprintOf(message),
  deliveryCount: 1,
  physical: { sequenceNumber: '1', enqueuedTime: '2026-11-22T12:00:00.000Z' },
  expiresAt: undefined,
};

// Two deliveries of one message at once: the work is done once.
const outcomes = await Promise.all([
  processMessage.run(delivery),
  processMessage.run({ ...delivery, deliveryCount: 2 }),
]);
console.log(
  outcomes
    .map(({ kind }) => kind)
    .sort()
    .join(', '),
);
