import { interruptionText } from '../../adapters/service-bus/interruption-text.ts';
import type { QueueReceiverEvent } from '../../adapters/service-bus/queue-receiver-event.ts';
import { entityText, type SourceEntity } from '../../adapters/service-bus/source-entity.ts';
import { stackOf } from '../../adapters/telemetry/error-chain.ts';
import type { Log, LogLevel } from '../../adapters/telemetry/log.ts';
import type { ReceivedMessage } from '../../application/ports/received-message.ts';

/** Tells of what happened to the receiver. A lost peek-lock or settlement is not an error: the message's lock absorbs it. */
export function logReceiverEvent(log: Log, entity: SourceEntity, event: QueueReceiverEvent): void {
  log(levels[event.kind], sentence(entity, event), {
    event: event.kind,
    ...('message' in event && brokersNames(event.message)),
    ...('cause' in event && { cause: event.cause }),
    ...(event.kind === 'delivery-threw' && { stack: stackOf(event.cause) }),
  });
}

/** By what the broker knows a message. */
const brokersNames = ({ messageId, sequenceNumber, deliveryCount }: ReceivedMessage) => ({
  messageId,
  sequenceNumber,
  deliveryCount,
});

const levels: Readonly<Record<QueueReceiverEvent['kind'], LogLevel>> = {
  receiving: 'info',
  interrupted: 'warn',
  'peek-lock-lost': 'warn',
  'not-settled': 'warn',
  'delivery-threw': 'error',
};

function sentence(entity: SourceEntity, event: QueueReceiverEvent): string {
  switch (event.kind) {
    case 'receiving':
      return `Receiving from the ${entityText(entity)}.`;
    case 'interrupted':
      return `${interruptionText(entity, event)} It is tried again.`;
    case 'peek-lock-lost':
      return `The peek-lock of message ${idText(event.message)} was lost: it can be delivered again.`;
    case 'not-settled':
      return `Message ${idText(event.message)} could not be settled as ${event.settlement}: it can be delivered again.`;
    case 'delivery-threw':
      return `Message ${idText(event.message)} was abandoned after an unexpected error.`;
  }
}

/** What the broker calls the message. */
const idText = ({ messageId }: ReceivedMessage): string =>
  typeof messageId === 'string' ? messageId : '(without a usable ID)';
