import type { QueueReceiverEvent } from '../../adapters/service-bus/queue-receiver-event.ts';
import type { Log } from '../../adapters/telemetry/json-lines.ts';

/** Tells of what happened to the receiver. A lost peek-lock or settlement is no error: the message's lock absorbs it. */
export function logReceiverEvent(log: Log, queueName: string, event: QueueReceiverEvent): void {
  const facts = { event: event.kind, ...('cause' in event && { cause: event.cause }) };
  switch (event.kind) {
    case 'receiving':
      return log('info', `Receiving from the queue ${queueName}.`, facts);
    case 'interrupted':
      return log('warn', `${interruptionText(queueName, event)} It is tried again.`, facts);
    case 'peek-lock-lost':
      return log(
        'warn',
        `The peek-lock of message ${event.message.messageId} was lost: it can be delivered again.`,
        facts,
      );
    case 'not-settled':
      return log(
        'warn',
        `Message ${event.message.messageId} could not be settled as ${event.settlement}: it can be delivered again.`,
        facts,
      );
    case 'delivery-threw':
      return log('error', `Message ${event.message.messageId} was abandoned after an unexpected error.`, facts);
  }
}

/** Why nothing is received, and what to look at. */
export function interruptionText(queueName: string, { reason }: QueueReceiverEvent & { kind: 'interrupted' }): string {
  switch (reason) {
    case 'queue-not-found':
      return `There is no queue ${queueName}. Check QUEUE_NAME, or create the queue.`;
    case 'unauthorized':
      return `The queue ${queueName} does not let us receive. Check ServiceBusConnection: it needs the right to listen.`;
    case 'unreachable':
      return `The queue ${queueName} cannot be reached. Check ServiceBusConnection, and that the namespace is up.`;
  }
}
