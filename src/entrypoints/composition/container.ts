import 'reflect-metadata';
import { hostname } from 'node:os';
import type { BlobServiceClient } from '@azure/storage-blob';
import { Container, type ServiceIdentifier } from 'inversify';
import { BlobEffectsLog } from '../../adapters/azure-blob/blob-effects-log.ts';
import { BlobFencedStore } from '../../adapters/azure-blob/blob-fenced-store.ts';
import { BlobLockCatalog } from '../../adapters/azure-blob/blob-lock-catalog.ts';
import { BlobLockStore } from '../../adapters/azure-blob/blob-lock-store.ts';
import { blobServiceFromConnectionString, blobServiceFromIdentity } from '../../adapters/azure-blob/blob-service.ts';
import { eventContentType, eventDocument } from '../../adapters/cloud-events/event-document.ts';
import { archive } from '../../adapters/handlers/archive.ts';
import { scripted } from '../../adapters/handlers/scripted.ts';
import { type Identity, LazyCredential } from '../../adapters/identity/lazy-credential.ts';
import { LazyServiceBus } from '../../adapters/service-bus/lazy-service-bus.ts';
import type { QueueProbe } from '../../adapters/service-bus/queue-probe.ts';
import { fingerprintOf } from '../../adapters/system/fingerprint-of.ts';
import { RandomIds } from '../../adapters/system/random-ids.ts';
import { sha256Hex } from '../../adapters/system/sha256.ts';
import { SystemClock } from '../../adapters/system/system-clock.ts';
import type { Log } from '../../adapters/telemetry/log.ts';
import { LoggedLockEvents } from '../../adapters/telemetry/logged-lock-events.ts';
import { AwaitStatusChange } from '../../application/await-status-change.ts';
import { CheckHealth } from '../../application/check-health.ts';
import { asError } from '../../application/error-text.ts';
import { GetMessageStatus } from '../../application/get-message-status.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { EffectsLog } from '../../application/ports/effects-log.ts';
import type { FencedStore } from '../../application/ports/fenced-store.ts';
import type { Ids } from '../../application/ports/ids.ts';
import type { LockCatalog } from '../../application/ports/lock-catalog.ts';
import type { LockEvents } from '../../application/ports/lock-events.ts';
import type { LockStore } from '../../application/ports/lock-store.ts';
import type { MessageHandler } from '../../application/ports/message-handler.ts';
import type { MessagePublisher } from '../../application/ports/message-publisher.ts';
import { ProcessMessage } from '../../application/process-message.ts';
import { SubmissionCheck } from '../../application/submission-check.ts';
import { SubmitMessage } from '../../application/submit-message.ts';
import { SweepLocks } from '../../application/sweep-locks.ts';
import { lockTimings } from '../../application/time/lock-timings.ts';
import { withoutSecrets } from '../../application/without-secrets.ts';
import { brokerMessageId, lockName, scopedName } from '../../domain/lock-name.ts';
import type { MessageId } from '../../domain/message-id.ts';
import { type MessageIdentity, type WorkKey, workKey } from '../../domain/work-key.ts';
import { type Config, ConfigError } from './config.ts';
import { consumerOf } from './consumer.ts';
import { type Connection, lockStorage, serviceBusConnection } from './settings/connection.ts';
import { workContainers } from './work-containers.ts';

/** What can be asked of the container, and bound anew in a test: `container.rebind(Token.lockStore)…`. */
export const Token: Tokens = {
  awaitStatusChange: Symbol.for('AwaitStatusChange'),
  checkHealth: Symbol.for('CheckHealth'),
  clock: Symbol.for('Clock'),
  effectsLog: Symbol.for('EffectsLog'),
  fencedStore: Symbol.for('FencedStore'),
  getMessageStatus: Symbol.for('GetMessageStatus'),
  ids: Symbol.for('Ids'),
  lockCatalog: Symbol.for('LockCatalog'),
  lockEvents: Symbol.for('LockEvents'),
  lockStore: Symbol.for('LockStore'),
  messageHandler: Symbol.for('MessageHandler'),
  messagePublisher: Symbol.for('MessagePublisher'),
  processMessage: Symbol.for('ProcessMessage'),
  queueProbe: Symbol.for('QueueProbe'),
  serviceBus: Symbol.for('LazyServiceBus'),
  storage: Symbol.for('BlobServiceClient'),
  submissionCheck: Symbol.for('SubmissionCheck'),
  submitMessage: Symbol.for('SubmitMessage'),
  sweepLocks: Symbol.for('SweepLocks'),
};

interface Tokens {
  readonly awaitStatusChange: ServiceIdentifier<AwaitStatusChange>;
  readonly checkHealth: ServiceIdentifier<CheckHealth<'store' | 'queue'>>;
  readonly clock: ServiceIdentifier<Clock>;
  readonly effectsLog: ServiceIdentifier<EffectsLog>;
  readonly fencedStore: ServiceIdentifier<FencedStore>;
  readonly getMessageStatus: ServiceIdentifier<GetMessageStatus>;
  readonly ids: ServiceIdentifier<Ids>;
  readonly lockCatalog: ServiceIdentifier<LockCatalog>;
  readonly lockEvents: ServiceIdentifier<LockEvents>;
  readonly lockStore: ServiceIdentifier<LockStore>;
  readonly messageHandler: ServiceIdentifier<MessageHandler>;
  readonly messagePublisher: ServiceIdentifier<MessagePublisher>;
  readonly processMessage: ServiceIdentifier<ProcessMessage>;
  readonly queueProbe: ServiceIdentifier<Pick<QueueProbe, 'reach'>>;
  readonly serviceBus: ServiceIdentifier<LazyServiceBus>;
  readonly storage: ServiceIdentifier<BlobServiceClient>;
  readonly submissionCheck: ServiceIdentifier<SubmissionCheck>;
  readonly submitMessage: ServiceIdentifier<SubmitMessage>;
  readonly sweepLocks: ServiceIdentifier<SweepLocks>;
}

/**
 * Wires the application to its adapters: the one place that chooses them. Nothing connects before it is first used, so that
 * every factory is synchronous. The work is `handler`'s, or else that of the handler which the settings name.
 */
export function buildContainer(config: Config, log: Log, handler?: MessageHandler): Container {
  const container = new Container({ defaultScope: 'Singleton' });
  const { requestTimeoutMs } = lockTimings(config.lockTtlMs);
  const consumer = consumerOf(config);
  const lockNameOf = (key: WorkKey) => lockName(key, sha256Hex);
  const lockNameOfMessage = (message: MessageIdentity) => lockNameOf(workKey(consumer, message));

  container.bind(Token.clock).toResolvedValue(() => new SystemClock());
  container.bind(Token.ids).toResolvedValue(() => new RandomIds());
  container.bind(Token.lockEvents).toResolvedValue(() => new LoggedLockEvents(log));
  const credentialOf = oneCredentialEach();
  container.bind(Token.storage).toResolvedValue(() =>
    connect(lockStorage.name, config.lockStorage, {
      byConnectionString: blobServiceFromConnectionString,
      asIdentity: ({ address, identity }) => blobServiceFromIdentity(address, credentialOf(identity)),
    }),
  );
  container.bind(Token.serviceBus).toResolvedValue(
    () =>
      new LazyServiceBus(({ serviceBusClientFromConnectionString, serviceBusClientFromIdentity }) =>
        connect(serviceBusConnection.name, config.serviceBusConnection, {
          byConnectionString: serviceBusClientFromConnectionString,
          asIdentity: ({ address, identity }) => serviceBusClientFromIdentity(address, credentialOf(identity)),
        }),
      ),
  );

  container
    .bind(Token.lockStore)
    .toResolvedValue(
      (storage: BlobServiceClient) =>
        new BlobLockStore(storage.getContainerClient(config.lockContainer), { requestTimeoutMs }),
      [Token.storage],
    );
  container
    .bind(Token.lockCatalog)
    .toResolvedValue(
      (storage: BlobServiceClient) =>
        new BlobLockCatalog(storage.getContainerClient(config.lockContainer), { requestTimeoutMs }),
      [Token.storage],
    );
  container
    .bind(Token.fencedStore)
    .toResolvedValue(
      (storage: BlobServiceClient) =>
        new BlobFencedStore(storage.getContainerClient(workContainers.archive), { requestTimeoutMs }),
      [Token.storage],
    );
  container
    .bind(Token.effectsLog)
    .toResolvedValue(
      (storage: BlobServiceClient) =>
        new BlobEffectsLog(storage.getContainerClient(workContainers.effects), { requestTimeoutMs }),
      [Token.storage],
    );
  container.bind(Token.messagePublisher).toResolvedValue(
    (serviceBus: LazyServiceBus) =>
      serviceBus.publisher({
        queueName: config.queueName,
        encode: eventDocument,
        messageIdOf: (message) => brokerMessageId(workKey(consumer, message), sha256Hex),
        contentType: eventContentType,
        timeToLiveMs: config.messageTtlMs,
        maxMessageBytes: config.maxMessageBytes,
      }),
    [Token.serviceBus],
  );
  container
    .bind(Token.messageHandler)
    .toResolvedValue(
      (store: FencedStore, effects: EffectsLog, clock: Clock) =>
        handler ?? shippedHandler(config, { store, effects, clock }),
      [Token.fencedStore, Token.effectsLog, Token.clock],
    );
  container
    .bind(Token.queueProbe)
    .toResolvedValue((serviceBus: LazyServiceBus) => serviceBus.queueProbe(config.queueName), [Token.serviceBus]);

  container
    .bind(Token.submissionCheck)
    .toResolvedValue(
      (store: LockStore, clock: Clock) => new SubmissionCheck({ store, clock, lockNameOf, fingerprintOf }),
      [Token.lockStore, Token.clock],
    );
  container
    .bind(Token.submitMessage)
    .toResolvedValue(
      (publisher: MessagePublisher, ids: Ids, clock: Clock, submissionCheck: SubmissionCheck) =>
        new SubmitMessage({ publisher, ids, clock, submissionCheck }, { ...consumer, type: config.eventType }),
      [Token.messagePublisher, Token.ids, Token.clock, Token.submissionCheck],
    );
  container.bind(Token.processMessage).toResolvedValue(
    (store: LockStore, clock: Clock, ids: Ids, events: LockEvents, handler: MessageHandler) =>
      new ProcessMessage({ store, clock, ids, events, lockNameOf, random: Math.random }, handler, {
        ...config,
        keepsCompleted: config.completedRetentionMs > 0,
        host: `${hostname()}/${process.pid}`,
      }),
    [Token.lockStore, Token.clock, Token.ids, Token.lockEvents, Token.messageHandler],
  );
  container
    .bind(Token.getMessageStatus)
    .toResolvedValue((store: LockStore) => new GetMessageStatus(store, lockNameOfMessage), [Token.lockStore]);
  container
    .bind(Token.awaitStatusChange)
    .toResolvedValue(
      (getMessageStatus: GetMessageStatus, clock: Clock) => new AwaitStatusChange(getMessageStatus, clock),
      [Token.getMessageStatus, Token.clock],
    );
  container.bind(Token.checkHealth).toResolvedValue(
    (store: LockStore, queue: Pick<QueueProbe, 'reach'>, clock: Clock) => {
      // That this lock is not there is an answer of the store.
      const reachStore = () => store.read(lockNameOfMessage({ id: 'health' as MessageId }));
      const onNotReached = (name: string, error: unknown) => log('warn', `The ${name} was not reached.`, { error });
      return new CheckHealth(
        [
          { name: 'store', reach: reachStore },
          { name: 'queue', reach: () => queue.reach() },
        ],
        clock,
        { onNotReached },
      );
    },
    [Token.lockStore, Token.queueProbe, Token.clock],
  );
  container
    .bind(Token.sweepLocks)
    .toResolvedValue(
      (store: LockStore, catalog: LockCatalog, clock: Clock, events: LockEvents) =>
        new SweepLocks({ store, catalog, clock, events }, config),
      [Token.lockStore, Token.lockCatalog, Token.clock, Token.lockEvents],
    );
  return container;
}

/** A client for the service. It does not connect yet. */
function connect<Client>(
  name: string,
  connection: Connection,
  by: {
    readonly byConnectionString: (connectionString: string) => Client;
    readonly asIdentity: (connection: Connection & { kind: 'identity' }) => Client;
  },
): Client {
  if (connection.kind === 'identity') return by.asIdentity(connection);
  try {
    return by.byConnectionString(connection.connectionString);
  } catch (error) {
    throw new ConfigError([`${name} is not a valid connection string: ${withoutSecrets(asError(error).message)}`]);
  }
}

/** Gives each identity one credential, so that all clients share its tokens. */
function oneCredentialEach(): (identity: Identity) => LazyCredential {
  const credentials = new Map<string, LazyCredential>();
  return (identity) => {
    const key = `${identity.kind} ${identity.clientId}`;
    const credential = credentials.get(key) ?? new LazyCredential(identity);
    credentials.set(key, credential);
    return credential;
  };
}

function shippedHandler(
  { messageHandler }: Config,
  { store, effects, clock }: { readonly store: FencedStore; readonly effects: EffectsLog; readonly clock: Clock },
): MessageHandler {
  switch (messageHandler) {
    case 'archive':
      return archive(store, (key) => scopedName(key, { before: '', after: '' }, sha256Hex));
    case 'scripted': {
      const effectsNameOf = (key: WorkKey) => scopedName(key, { before: 'lock-', after: '.lock.jsonl' }, sha256Hex);
      return scripted({ effects, clock, effectsNameOf });
    }
  }
}
