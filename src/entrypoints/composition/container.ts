import type { Container } from 'inversify';
import { BlobEffectsLog } from '../../adapters/azure-blob/blob-effects-log.ts';
import { BlobFencedStore } from '../../adapters/azure-blob/blob-fenced-store.ts';
import type { LazyBlobService } from '../../adapters/azure-blob/lazy-blob-service.ts';
import { eventContentType, eventDocument } from '../../adapters/cloud-events/event-document.ts';
import { serviceBusConnection } from '../../adapters/environment/connection.ts';
import { archive } from '../../adapters/handlers/archive.ts';
import { scripted } from '../../adapters/handlers/scripted.ts';
import type { LateTelemetry } from '../../adapters/open-telemetry/late-telemetry.ts';
import { toldFencedStore } from '../../adapters/open-telemetry/told-fenced-store.ts';
import { LazyServiceBus } from '../../adapters/service-bus/lazy-service-bus.ts';
import type { QueueProbe } from '../../adapters/service-bus/queue-probe.ts';
import { fingerprintOf } from '../../adapters/system/fingerprint-of.ts';
import { sha256Hex } from '../../adapters/system/sha256.ts';
import type { Log } from '../../adapters/telemetry/log.ts';
import { AwaitStatusChange } from '../../application/await-status-change.ts';
import { CheckHealth } from '../../application/check-health.ts';
import type { IdOf } from '../../application/content/id-of.ts';
import { GetMessageStatus } from '../../application/get-message-status.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { EffectsLog } from '../../application/ports/effects-log.ts';
import type { FencedStore } from '../../application/ports/fenced-store.ts';
import type { Ids } from '../../application/ports/ids.ts';
import type { LockStore } from '../../application/ports/lock-store.ts';
import type { MessageHandler } from '../../application/ports/message-handler.ts';
import type { MessagePublisher } from '../../application/ports/message-publisher.ts';
import { SubmissionCheck } from '../../application/submission-check.ts';
import { SubmitMessage } from '../../application/submit-message.ts';
import { lockTimings } from '../../application/time/lock-timings.ts';
import { brokerMessageId, scopedName } from '../../domain/lock-name.ts';
import type { MessageId } from '../../domain/message-id.ts';
import { type MessageIdentity, type WorkKey, workKey } from '../../domain/work-key.ts';
import type { Config } from './config.ts';
import { consumerOf } from './consumer.ts';
import {
  buildLockContainer,
  connect,
  lockNamesIn,
  oneCredentialEach,
  processMessageOf,
  sweepLocksOf,
} from './lock-container.ts';
import { Token } from './tokens.ts';
import { workContainers } from './work-containers.ts';

export { Token } from './tokens.ts';

/**
 * Wires the application to its adapters: the one place that chooses them. Nothing connects before it is first used, so that
 * every factory is synchronous. The work is `handler`'s, or else that of the handler which the settings name. `idOf` names what is
 * submitted, as it does what is received.
 */
export function buildContainer(config: Config, log: Log, handler?: MessageHandler, idOf?: IdOf): Container {
  const credentialOf = oneCredentialEach();
  const container = buildLockContainer(config, log, credentialOf);
  const { requestTimeoutMs } = lockTimings(config.lockTtlMs);
  const consumer = consumerOf(config);
  const lockNameOf = lockNamesIn(config.lockLayout);
  const lockNameOfMessage = (message: MessageIdentity) => lockNameOf(workKey(consumer, message));

  container.bind(Token.serviceBus).toResolvedValue(
    () =>
      new LazyServiceBus(({ serviceBusClientFromConnectionString, serviceBusClientFromIdentity }) =>
        connect(serviceBusConnection.name, config.serviceBusConnection, {
          byConnectionString: serviceBusClientFromConnectionString,
          asIdentity: ({ address, identity }) => serviceBusClientFromIdentity(address, credentialOf(identity)),
        }),
      ),
  );

  container.bind(Token.fencedStore).toResolvedValue(
    (storage: LazyBlobService, telemetry: LateTelemetry) => {
      const store = new BlobFencedStore(storage.container(workContainers.archive), { requestTimeoutMs });
      return toldFencedStore(store, 'archive', telemetry);
    },
    [Token.storage, Token.telemetry],
  );
  container
    .bind(Token.effectsLog)
    .toResolvedValue(
      (storage: LazyBlobService) => new BlobEffectsLog(storage.container(workContainers.effects), { requestTimeoutMs }),
      [Token.storage],
    );
  container.bind(Token.messagePublisher).toResolvedValue(
    (serviceBus: LazyServiceBus) =>
      serviceBus.publisher({
        queueName: config.queueName,
        encode: eventDocument,
        messageIdOf: (message) =>
          brokerMessageId(workKey(consumer, idOf === undefined ? message : { id: message.id }), sha256Hex),
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
    .toResolvedValue(
      (serviceBus: LazyServiceBus) => serviceBus.queueProbe({ queueName: config.queueName }),
      [Token.serviceBus],
    );

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
        new SubmitMessage({ publisher, ids, clock, submissionCheck }, { ...consumer, type: config.eventType, idOf }),
      [Token.messagePublisher, Token.ids, Token.clock, Token.submissionCheck],
    );
  container
    .bind(Token.processMessage)
    .toResolvedValue((handler: MessageHandler) => processMessageOf(container, config, handler), [Token.messageHandler]);
  container.bind(Token.sweepLocks).toResolvedValue(() => sweepLocksOf(container, config));
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
  return container;
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
