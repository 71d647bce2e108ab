import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { expiryFrom, type ReceivedMessage } from '../../application/ports/received-message.ts';

/** A delivery in our words. Its body is bytes, if its sender sent bytes or text and the receiver does not parse JSON. */
export const toReceivedMessage = (message: ServiceBusReceivedMessage): ReceivedMessage => ({
  body: message.body,
  messageId: message.messageId,
  // A sender's AMQP library decides of what type it is.
  contentType: typeof message.contentType === 'string' ? message.contentType : undefined,
  // The SDK counts the deliveries before this one.
  deliveryCount: (message.deliveryCount ?? 0) + 1,
  sequenceNumber: String(message.sequenceNumber ?? ''),
  enqueuedTime: message.enqueuedTimeUtc?.toISOString() ?? '',
  expiresAt: expiryFrom(message.expiresAtUtc),
});
