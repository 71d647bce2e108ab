import type { ServiceIdentifier } from 'inversify';
import type { LazyBlobService } from '../../adapters/azure-blob/lazy-blob-service.ts';
import type { LateTelemetry } from '../../adapters/open-telemetry/late-telemetry.ts';
import type { LazyServiceBus } from '../../adapters/service-bus/lazy-service-bus.ts';
import type { QueueProbe } from '../../adapters/service-bus/queue-probe.ts';
import type { AwaitStatusChange } from '../../application/await-status-change.ts';
import type { CheckHealth } from '../../application/check-health.ts';
import type { GetMessageStatus } from '../../application/get-message-status.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { EffectsLog } from '../../application/ports/effects-log.ts';
import type { FencedStore } from '../../application/ports/fenced-store.ts';
import type { Ids } from '../../application/ports/ids.ts';
import type { LockCatalog } from '../../application/ports/lock-catalog.ts';
import type { LockEvents } from '../../application/ports/lock-events.ts';
import type { LockStore } from '../../application/ports/lock-store.ts';
import type { MarkerStore } from '../../application/ports/marker-store.ts';
import type { MessageHandler } from '../../application/ports/message-handler.ts';
import type { MessagePublisher } from '../../application/ports/message-publisher.ts';
import type { ProcessMessage } from '../../application/process-message.ts';
import type { SubmissionCheck } from '../../application/submission-check.ts';
import type { SubmitMessage } from '../../application/submit-message.ts';
import type { SweepLocks } from '../../application/sweep-locks.ts';

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
  markerStore: Symbol.for('MarkerStore'),
  messageHandler: Symbol.for('MessageHandler'),
  messagePublisher: Symbol.for('MessagePublisher'),
  processMessage: Symbol.for('ProcessMessage'),
  queueProbe: Symbol.for('QueueProbe'),
  serviceBus: Symbol.for('LazyServiceBus'),
  storage: Symbol.for('LazyBlobService'),
  submissionCheck: Symbol.for('SubmissionCheck'),
  submitMessage: Symbol.for('SubmitMessage'),
  sweepLocks: Symbol.for('SweepLocks'),
  telemetry: Symbol.for('LateTelemetry'),
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
  readonly markerStore: ServiceIdentifier<MarkerStore>;
  readonly messageHandler: ServiceIdentifier<MessageHandler>;
  readonly messagePublisher: ServiceIdentifier<MessagePublisher>;
  readonly processMessage: ServiceIdentifier<ProcessMessage>;
  readonly queueProbe: ServiceIdentifier<Pick<QueueProbe, 'reach'>>;
  readonly serviceBus: ServiceIdentifier<LazyServiceBus>;
  readonly storage: ServiceIdentifier<LazyBlobService>;
  readonly submissionCheck: ServiceIdentifier<SubmissionCheck>;
  readonly submitMessage: ServiceIdentifier<SubmitMessage>;
  readonly sweepLocks: ServiceIdentifier<SweepLocks>;
  readonly telemetry: ServiceIdentifier<LateTelemetry>;
}
