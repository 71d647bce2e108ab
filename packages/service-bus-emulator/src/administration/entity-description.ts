import type { Queue } from '../broker/queue.ts';
import type { EntityStatus, QueueOptions } from '../broker/queue-options.ts';
import { Subscription } from '../broker/subscription.ts';
import type { Topic } from '../broker/topic.ts';
import { formatDuration, longestDuration } from '../config/duration.ts';
import { schemaInstance, serviceBusNamespace } from './atom.ts';
import { type Counts, countsOf } from './counts.ts';
import type { Details } from './details.ts';
import { rewritten, type Xml, xml } from './xml.ts';

/** How entities that nobody set otherwise are described. Source: Microsoft, its reference of Microsoft.ServiceBus. */
const defaults = { window: 600_000, maxMessageBytes: 262_144, maxSizeInMegabytes: 1_024 };

/** As the service describes a queue or a subscription; forwarding targets as addresses under `base`. */
export function describeQueue(queue: Queue, details: Details, base: string): Xml {
  const { options } = queue;
  const isSubscription = queue instanceof Subscription;
  const { forwardTo, forwardDeadLettersTo } = options;
  const counts = countsOf(queue);
  const queueOnly = (member: () => Xml): readonly Xml[] => (isSubscription ? [] : [member()]);
  const target = (name: string, path: string | undefined) => (path === undefined ? [] : [xml(name, `${base}${path}`)]);
  const members = [
    xml('LockDuration', formatDuration(options.lockDurationMs ?? 60_000)),
    ...queueOnly(() => keptOr(details, 'MaxSizeInMegabytes', defaults.maxSizeInMegabytes)),
    ...queueOnly(() => xml('RequiresDuplicateDetection', options.duplicateDetectionWindowMs !== undefined)),
    xml('RequiresSession', options.requiresSession ?? false),
    timeToLive(options),
    xml('DeadLetteringOnMessageExpiration', options.deadLetterOnExpiration ?? false),
    ...(isSubscription
      ? [xml('DeadLetteringOnFilterEvaluationExceptions', queue.deadLetterOnFilterError)]
      : [
          xml(
            'DuplicateDetectionHistoryTimeWindow',
            formatDuration(options.duplicateDetectionWindowMs ?? defaults.window),
          ),
        ]),
    xml('MaxDeliveryCount', options.maxDeliveryCount ?? 10),
    keptOr(details, 'EnableBatchedOperations', true),
    ...queueOnly(() => xml('SizeInBytes', counts.bytes)),
    xml('MessageCount', counts.total),
    ...kept(details, 'AuthorizationRules'),
    xml('Status', queue.status),
    ...target('ForwardTo', forwardTo),
    ...kept(details, 'UserMetadata'),
    ...times(details),
    ...queueOnly(() => keptOr(details, 'SupportOrdering', true)),
    countDetails(counts),
    ...target('ForwardDeadLetteredMessagesTo', forwardDeadLettersTo),
    keptOr(details, 'AutoDeleteOnIdle', longestDuration),
    ...queueOnly(() => keptOr(details, 'EnablePartitioning', false)),
    xml('EntityAvailabilityStatus', availability(queue.status)),
    ...queueOnly(() => keptOr(details, 'EnableExpress', false)),
    ...queueOnly(() => maxMessageSize(options)),
  ];
  return described(isSubscription ? 'SubscriptionDescription' : 'QueueDescription', members);
}

/** As the service describes a topic. */
export function describeTopic(topic: Topic, details: Details): Xml {
  const { options, subscriptions } = topic;
  const scheduled = [...topic.scheduled];
  const bytes = subscriptions.reduce((sum, each) => sum + countsOf(each).bytes, 0);
  const waiting = scheduled.reduce((sum, { content }) => sum + content.size, 0);
  return described('TopicDescription', [
    timeToLive(options),
    keptOr(details, 'MaxSizeInMegabytes', defaults.maxSizeInMegabytes),
    xml('RequiresDuplicateDetection', options.duplicateDetectionWindowMs !== undefined),
    xml('DuplicateDetectionHistoryTimeWindow', formatDuration(options.duplicateDetectionWindowMs ?? defaults.window)),
    keptOr(details, 'EnableBatchedOperations', true),
    xml('SizeInBytes', bytes + waiting),
    keptOr(details, 'EnableFilteringMessagesBeforePublishing', false),
    ...kept(details, 'AuthorizationRules'),
    xml('Status', topic.status),
    ...kept(details, 'UserMetadata'),
    ...times(details),
    keptOr(details, 'SupportOrdering', true),
    countDetails({ ...noCounts, scheduled: scheduled.length }),
    xml('SubscriptionCount', subscriptions.length),
    keptOr(details, 'AutoDeleteOnIdle', longestDuration),
    keptOr(details, 'EnablePartitioning', false),
    xml('EntityAvailabilityStatus', availability(topic.status)),
    keptOr(details, 'EnableExpress', false),
    maxMessageSize(options),
  ]);
}

const noCounts: Counts = { active: 0, deadLettered: 0, scheduled: 0, transferDeadLettered: 0, total: 0, bytes: 0 };

const described = (name: string, members: readonly Xml[]): Xml =>
  xml(name, members, { xmlns: serviceBusNamespace, 'xmlns:i': schemaInstance });

const timeToLive = ({ defaultTimeToLiveMs: ms }: Pick<QueueOptions, 'defaultTimeToLiveMs'>): Xml =>
  xml('DefaultMessageTimeToLive', ms === undefined ? longestDuration : formatDuration(ms));

const maxMessageSize = ({ maxMessageBytes = defaults.maxMessageBytes }: Pick<QueueOptions, 'maxMessageBytes'>): Xml =>
  xml('MaxMessageSizeInKilobytes', Math.floor(maxMessageBytes / 1_024));

const availability = (status: EntityStatus): string => (status === 'Active' ? 'Available' : 'Limited');

const kept = (details: Details, name: string): readonly Xml[] => {
  const element = details.kept.get(name);
  return element === undefined ? [] : [rewritten(element)];
};

const keptOr = (details: Details, name: string, otherwise: string | number | boolean): Xml =>
  kept(details, name)[0] ?? xml(name, otherwise);

const times = ({ createdAt, updatedAt }: Details): readonly Xml[] => [
  xml('CreatedAt', createdAt.toISOString()),
  xml('UpdatedAt', updatedAt.toISOString()),
  xml('AccessedAt', new Date().toISOString()),
];

function countDetails(counts: Counts): Xml {
  const count = (name: string, value: number) => xml(`d2p1:${name}`, value);
  const members = [
    count('ActiveMessageCount', counts.active),
    count('DeadLetterMessageCount', counts.deadLettered),
    count('ScheduledMessageCount', counts.scheduled),
    count('TransferDeadLetterMessageCount', counts.transferDeadLettered),
    count('TransferMessageCount', 0),
  ];
  return xml('CountDetails', members, { 'xmlns:d2p1': 'http://schemas.microsoft.com/netservices/2011/06/servicebus' });
}
