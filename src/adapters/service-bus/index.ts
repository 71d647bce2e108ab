/** Sending to an Azure Service Bus queue, and receiving from it with its peek-locks renewed. */
export { QueueProbe } from './queue-probe.ts';
export { type OnDelivery, QueueReceiver, type QueueReceiverSettings, type ReceiverSettings } from './queue-receiver.ts';
export type { QueueReceiverEvent } from './queue-receiver-event.ts';
export {
  closeServiceBusClient,
  serviceBusClientFromConnectionString,
  serviceBusClientFromIdentity,
} from './service-bus-client.ts';
export type { InterruptionReason } from './service-bus-errors.ts';
export { ServiceBusPublisher, type ServiceBusPublisherSettings } from './service-bus-publisher.ts';
export { SessionReceiver, type SessionReceiverSettings } from './session-receiver.ts';
export type { Settlement } from './settlement.ts';
export type { SourceEntity } from './source-entity.ts';
