import { type DeadLetterCause, StoredMessage } from './stored-message.ts';

/** Source of the words: Microsoft documentation "Overview of Service Bus dead-letter queues". */
export const noSessionId: DeadLetterCause = {
  reason: 'Session ID is null.',
  description: "Session enabled entity doesn't allow a message whose session identifier is null.",
};

export const expired: DeadLetterCause = {
  reason: 'TTLExpiredException',
  description: 'The message expired and was dead lettered.',
};

export const deliveredTooOften = (maxDeliveryCount: number): DeadLetterCause => ({
  reason: 'MaxDeliveryCountExceeded',
  description: `Message could not be consumed after ${maxDeliveryCount} delivery attempts.`,
});

/** What a message becomes in a dead-letter queue, under the next number there. */
export function deadLetterOf(message: StoredMessage, cause: DeadLetterCause, sequenceNumber: number): StoredMessage {
  const { reason, description } = cause;
  const properties = { DeadLetterReason: reason, DeadLetterErrorDescription: description };
  const content = message.content.withApplicationProperties(properties);
  const dead = new StoredMessage(content, sequenceNumber, message.enqueueSequenceNumber, message.enqueuedTime);
  dead.deliveryCount = message.deliveryCount;
  dead.timeToLiveMs = message.timeToLiveMs;
  dead.route = message.route;
  dead.deadLetterCause = { reason, description };
  return dead;
}
