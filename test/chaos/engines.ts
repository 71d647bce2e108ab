import { randomUUID } from 'node:crypto';
import {
  type QueueSnapshot,
  type SendPoint,
  type ServiceBusEmulator,
  startServiceBusEmulator,
} from 'service-bus-emulator';
import { blobServiceFromConnectionString } from '../../src/adapters/azure-blob/blob-service.ts';
import { createContainers } from '../../src/adapters/azure-blob/create-containers.ts';
import { startAzurite } from '../../src/adapters/azurite/start-azurite.ts';
import { workContainers } from '../../src/entrypoints/composition/work-containers.ts';
import { blobProxy } from '../support/blob-proxy.ts';
import { timeLimits } from '../support/time-limits.ts';
import { mostAttempts } from './audit.ts';
import { ofSecondSubscription, StoreHistory, secondSubscription } from './store-history.ts';
import { WireFaults } from './wire-faults.ts';

const lockContainer = 'locks';

/** The shortest times that the start-up proof lets through, and more deliveries than faults can use up. */
const hostSettings = {
  LOCK_TTL: 'PT5S',
  ACTIVE_LOCK_WAIT: 'PT10S',
  FUNCTION_TIMEOUT: 'PT70S',
  MAX_DELIVERY_COUNT: '60',
  MAX_ATTEMPTS: String(mostAttempts),
  MAX_CONCURRENT_CALLS: '8',
  LOCK_CONTAINER: lockContainer,
};
const peekLockMs = 5000;

/** Under those settings: the peek-lock runs out, and whoever gets the message waits for ttl, grace, a second, and up to two more. */
export const leastFreezeMs = 9000;

export interface EnginesOptions {
  readonly seed: number;
  /** On the clock of `performance`. */
  readonly startedAt: number;
  /** Whether locks are spread from the start. */
  readonly isSpread: boolean;
  /** Whether the hosts work on more than the one queue. */
  readonly hasSeveral: boolean;
  /** The store says of this message, for the first time or again, that it is completed. */
  readonly onCompleted: (messageId: string) => void;
  /** What ends with the run. */
  readonly ends: Pick<AsyncDisposableStack, 'defer'>;
}

/** An Azurite behind a proxy, and a Service Bus emulator: both as unkind to their clients as the seed says. */
export async function startEngines({ seed, startedAt, hasSeveral, isSpread, onCompleted, ends }: EnginesOptions) {
  const azurite = await startAzurite({ port: 0, startTimeoutMs: timeLimits.waitMs });
  ends.defer(azurite.stop);
  const storage = blobServiceFromConnectionString(azurite.connectionString);
  await createContainers(storage, [lockContainer, ...Object.values(workContainers)]);

  const wire = new WireFaults(seed);
  const history = new StoreHistory(startedAt, onCompleted);
  const proxy = await blobProxy(
    (request) => {
      history.arrived(request);
      return wire.ofRequest(request);
    },
    { connectionString: azurite.connectionString, around: history.around, onTestFinished: (end) => ends.defer(end) },
  );

  const queue = `q-${randomUUID()}`;
  const others = { second: `q-${randomUUID()}`, topic: `t-${randomUUID()}`, session: `s-${randomUUID()}` };
  const subscriptions = ['billing', secondSubscription];
  const paths = [
    queue,
    others.second,
    others.session,
    ...subscriptions.map((name) => `${others.topic}/subscriptions/${name}`),
  ];
  const counts = { physicalMessages: 0 };
  const onSend = (point: SendPoint) => {
    const fault = wire.ofQueue.onSend?.(point);
    if (typeof fault !== 'object') counts.physicalMessages += 1;
    return fault;
  };
  const maxDeliveryCount = Number(hostSettings.MAX_DELIVERY_COUNT);
  const locked = { lockDurationMs: peekLockMs, maxDeliveryCount };
  const emulator = await startServiceBusEmulator({
    port: 0,
    entities: {
      queues: [
        { name: queue, ...locked },
        { name: others.second, ...locked },
        { name: others.session, ...locked, requiresSession: true },
      ],
      topics: [{ name: others.topic, subscriptions: subscriptions.map((name) => ({ name, ...locked })) }],
    },
    faults: { ...wire.ofQueue, onSend },
  });
  ends.defer(() => emulator.close());

  return {
    storage,
    lockContainer,
    emulator,
    queue,
    others,
    /** What the locks are kept by. */
    scopes: hasSeveral ? paths : [queue],
    /** Where all messages are. */
    inspect: (): QueueSnapshot => merged(paths.map((path) => snapshotOf(emulator, path))),
    wire,
    history,
    counts,
    /** How many messages are not settled for good. */
    onQueue: (): number =>
      paths.reduce((sum, path) => {
        const { active, locked, deferred, scheduled } = emulator.inspect(path);
        return sum + active.length + locked.length + deferred.length + scheduled.length;
      }, 0),
    /** Whether no request is under way, nor delayed. */
    isAtRest: (): boolean => history.underWay === 0 && wire.delayed === 0,
    /** For a host process. */
    settings: {
      ...hostSettings,
      ServiceBusConnection: emulator.connectionString,
      LockStorage: proxy.connectionString,
      QUEUE_NAME: queue,
      ...(isSpread && { LOCK_SPREAD: 'on' }),
      ...(hasSeveral && { CHAOS_SOURCES: JSON.stringify({ ...others, subscriptions }) }),
    },
  };
}

/** What a queue or subscription holds, under the names by which the audit knows its messages. */
function snapshotOf(emulator: ServiceBusEmulator, path: string): QueueSnapshot {
  const snapshot = emulator.inspect(path);
  if (!path.endsWith(`/${secondSubscription}`)) return snapshot;
  return mapped(snapshot, (messages) =>
    messages.map((message) => ({ ...message, messageId: ofSecondSubscription(message.messageId) })),
  );
}

const merged = (snapshots: readonly QueueSnapshot[]): QueueSnapshot =>
  mapped(snapshots[0] ?? expectOne(), (_, place) => snapshots.flatMap((snapshot) => [...snapshot[place]]));

const expectOne = (): never => {
  throw new Error('There is no queue.');
};

const mapped = (
  snapshot: QueueSnapshot,
  change: (messages: QueueSnapshot['active'], place: keyof QueueSnapshot) => QueueSnapshot['active'],
): QueueSnapshot => ({
  active: change(snapshot.active, 'active'),
  locked: change(snapshot.locked, 'locked'),
  deferred: change(snapshot.deferred, 'deferred'),
  scheduled: change(snapshot.scheduled, 'scheduled'),
  deadLettered: change(snapshot.deadLettered, 'deadLettered'),
});
