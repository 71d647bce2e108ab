import type { ServiceBusClient, ServiceBusReceiver, ServiceBusReceiverOptions } from '@azure/service-bus';

/** What messages are received from. */
export type SourceEntity =
  | { readonly queueName: string }
  | { readonly topicName: string; readonly subscriptionName: string };

/** As the broker has it: `orders`, or `invoices/subscriptions/billing`. */
export const pathOf = (entity: SourceEntity): string =>
  'queueName' in entity ? entity.queueName : `${entity.topicName}/subscriptions/${entity.subscriptionName}`;

/** For people: `queue orders`. */
export const entityText = (entity: SourceEntity): string =>
  'queueName' in entity
    ? `queue ${entity.queueName}`
    : `subscription ${entity.subscriptionName} of the topic ${entity.topicName}`;

/** How messages are received that are worked on: we renew their peek-locks ourselves. */
export const receiverOptions = {
  receiveMode: 'peekLock',
  /** The body comes as bytes, whatever is in it. */
  skipParsingBodyAsJson: true,
  maxAutoLockRenewalDurationInMs: 0,
} as const;

/** A receiver of it, without sessions. */
export const createReceiver = (
  client: ServiceBusClient,
  entity: SourceEntity,
  options: ServiceBusReceiverOptions = {},
): ServiceBusReceiver =>
  'queueName' in entity
    ? client.createReceiver(entity.queueName, options)
    : client.createReceiver(entity.topicName, entity.subscriptionName, options);

/** The same, as whoever reads its dead letters names it. */
export const deadLettersOf = (
  entity: SourceEntity,
): { readonly queue: string } | { readonly topic: string; readonly subscription: string } =>
  'queueName' in entity
    ? { queue: entity.queueName }
    : { topic: entity.topicName, subscription: entity.subscriptionName };
