import type { QueueReceiverEvent } from './queue-receiver-event.ts';
import { entityText, type SourceEntity } from './source-entity.ts';

/** Why nothing is received, and what to look at. */
export function interruptionText(
  entity: SourceEntity,
  { reason }: QueueReceiverEvent & { kind: 'interrupted' },
): string {
  const text = entityText(entity);
  switch (reason) {
    case 'queue-not-found':
      return 'queueName' in entity
        ? `There is no ${text}. Check QUEUE_NAME, or create the queue.`
        : `There is no ${text}. Check both names, or create it.`;
    case 'unauthorized':
      return `The ${text} does not let us receive. Check ServiceBusConnection: it needs the right to listen, and an identity the role "Azure Service Bus Data Receiver".`;
    case 'unreachable':
      return `The ${text} cannot be reached. Check ServiceBusConnection, and that the namespace is up.`;
  }
}
