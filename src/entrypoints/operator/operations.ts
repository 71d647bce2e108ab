import { hostname, userInfo } from 'node:os';
import { blobStoreTime } from '../../adapters/azure-blob/blob-store-clock.ts';
import { deliveryFrom } from '../../adapters/cloud-events/delivery-from.ts';
import { type Operations, type OptionValues, UsageError } from '../../adapters/operator-cli/command.ts';
import {
  ServiceBusDeadLetters,
  ServiceBusQueuedMessages,
} from '../../adapters/service-bus/dead-letters/service-bus-dead-letters.ts';
import { fingerprintOf } from '../../adapters/system/fingerprint-of.ts';
import type { IdOf } from '../../application/content/id-of.ts';
import { unfinishedMove } from '../../application/layout/layout-check.ts';
import { LayoutCheckedStore } from '../../application/layout/layout-checked-store.ts';
import { MoveLocks } from '../../application/layout/move-locks.ts';
import { AnswerStep } from '../../application/operate/answer-step.ts';
import { FindMessage } from '../../application/operate/find-message.ts';
import { FindOrphans } from '../../application/operate/find-orphans.ts';
import { InspectMessage } from '../../application/operate/inspect-message.ts';
import { readLetter } from '../../application/operate/judge/read-letter.ts';
import { JudgeLetters, type JudgingPorts } from '../../application/operate/judge-letters.ts';
import { ListDeadLetters, Reconcile } from '../../application/operate/list-dead-letters.ts';
import { ListLocks } from '../../application/operate/list-locks.ts';
import type { OperatorPorts } from '../../application/operate/operator-ports.ts';
import { Redrive } from '../../application/operate/redrive/redrive.ts';
import { ReleaseLock } from '../../application/operate/release-lock.ts';
import { lockTimings } from '../../application/time/lock-timings.ts';
import type { LayoutMarker } from '../../domain/layout-marker.ts';
import { durationMs, seconds } from '../../domain/time.ts';
import { type MessageIdentity, workKey } from '../../domain/work-key.ts';
import { consumerOf } from '../composition/consumer.ts';
import { lockNamesIn, type Parts } from '../composition/lock-container.ts';
import { Token } from '../composition/tokens.ts';
import type { OperatorSettings } from './operator-settings.ts';

/**
 * Nobody's lock expires while an operator's request is on its way: it is made again for as long as with locks of the default ttl,
 * however short those are that hosts hold.
 */
const patienceOfTtlMs = seconds(30);

/** Wires the use cases of operators to the adapters that the app has, over what its container holds. */
export function operationsOf(
  parts: Parts,
  { config, source, dropsDuplicates }: OperatorSettings,
  options: OptionValues,
  { marker, idOf }: { readonly marker?: LayoutMarker; readonly idOf?: IdOf | 'unknown' | undefined } = {},
): Operations {
  const consumer = consumerOf(config);
  const timings = lockTimings(durationMs(Math.max(config.lockTtlMs, patienceOfTtlMs)));
  const container = parts.get(Token.storage).container(config.lockContainer);
  const storeNow = () => blobStoreTime(container, timings.requestTimeoutMs);
  const client = () => parts.get(Token.serviceBus).client();
  const sending = { source, timeToLiveMs: config.messageTtlMs };
  const letters = new ServiceBusDeadLetters(client, sending);
  const queue = new ServiceBusQueuedMessages(client, sending);
  const catalog = parts.get(Token.lockCatalog);
  const store = parts.get(Token.lockStore);
  const ports: OperatorPorts & JudgingPorts = {
    // With a marker it is known where the locks are, also while they are moved.
    store: marker !== undefined && store instanceof LayoutCheckedStore ? store.unchecked : store,
    clock: parts.get(Token.clock),
    events: parts.get(Token.lockEvents),
    ids: parts.get(Token.ids),
    timings,
    lockNameOf: (message: MessageIdentity) => {
      if (marker?.movingTo !== undefined) throw new UsageError(unfinishedMove(config.lockScope, marker.movingTo));
      return lockNamesIn(marker?.layout ?? config.lockLayout)(workKey(consumer, message));
    },
    who: options.text('who') ?? `${userInfo().username}@${hostname()} (unverified)`,
    host: `${hostname()}/${process.pid}`,
    read: readLetter((received, named) => deliveryFrom(received, { consumer, fingerprintOf, idOf: named }), idOf),
    storeNow,
    retention: config,
  };
  const judge = new JudgeLetters(ports, { catalog, scope: config.lockScope });
  const listDeadLetters = new ListDeadLetters(letters, judge);
  const isTopic = 'topic' in source;
  return {
    listLocks: new ListLocks(catalog, config.lockScope),
    inspectMessage: new InspectMessage(ports),
    releaseLock: new ReleaseLock(ports),
    answerStep: new AnswerStep(ports),
    listDeadLetters,
    reconcile: new Reconcile(listDeadLetters),
    redrive: new Redrive({ ...ports, letters, judge }),
    findMessage: new FindMessage({ ...ports, letters, queue }),
    queue,
    retention: config,
    who: ports.who,
    areNamesKnown: idOf !== 'unknown',
    findOrphans: new FindOrphans({ ...ports, catalog, letters, queue }, config.lockScope),
    moveLocks: new MoveLocks(
      {
        ...ports,
        catalog,
        markers: parts.get(Token.markerStore),
        lockNameOf: (message, layout) => lockNamesIn(layout)(workKey(consumer, message)),
      },
      { scope: config.lockScope, lockTtlMs: config.lockTtlMs },
    ),
    storeNow,
    target: `${isTopic ? 'the subscription' : 'the queue'} ${config.queueName} (locks in ${config.lockContainer}/${config.lockScope})`,
    reachesOthers: isTopic
      ? `A message of a subscription can only be put back on its topic ${source.topic}, where every subscription gets it again. --to-topic does that: the others skip it where this app's locks guard them, and work again where nothing does.`
      : undefined,
    dropsDuplicates,
  };
}
