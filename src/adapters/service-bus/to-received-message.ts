import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import type { ReceivedMessage } from '../../application/ports/received-message.ts';

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
  expiresAt: expiryOf(message),
});

/** A message without a time to live has an expiry at, or long after, the last day that .NET can name. */
function expiryOf({ expiresAtUtc }: ServiceBusReceivedMessage): number | undefined {
  const isMeant = expiresAtUtc !== undefined && expiresAtUtc.getTime() < Date.UTC(9999, 11, 31);
  return isMeant ? expiresAtUtc.getTime() : undefined;
}
