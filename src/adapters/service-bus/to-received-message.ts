import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { expiryFrom, type ReceivedMessage } from '../../application/ports/received-message.ts';
import { messageIdText } from './message-id-text.ts';
import { propertiesOf } from './property-value.ts';

/** A delivery in our words. Its body is bytes, if its sender sent bytes or text and the receiver does not parse JSON. */
export const toReceivedMessage = (message: ServiceBusReceivedMessage): ReceivedMessage => ({
  body: bodyOf(message),
  messageId: messageIdText(message.messageId),
  // A sender's AMQP library decides of what type it is.
  contentType: typeof message.contentType === 'string' ? message.contentType : undefined,
  applicationProperties: propertiesOf(message),
  sent: sentOf(message),
  // The SDK counts the deliveries before this one.
  deliveryCount: (message.deliveryCount ?? 0) + 1,
  sequenceNumber: String(message.sequenceNumber ?? ''),
  enqueuedTime: message.enqueuedTimeUtc?.toISOString() ?? '',
  expiresAt: expiryFrom(message.expiresAtUtc),
});

/** A sender's AMQP library decides of what types these are. What is not text is left out, but for a correlation ID's digits. */
function sentOf(message: ServiceBusReceivedMessage): NonNullable<ReceivedMessage['sent']> {
  const { subject, replyTo, to, sessionId, partitionKey } = message;
  const texts = { subject, correlationId: messageIdText(message.correlationId), replyTo, to, sessionId, partitionKey };
  return Object.fromEntries(Object.entries(texts).filter(([, value]) => typeof value === 'string'));
}

/**
 * A body may be sent in several data sections, which are one content, or in none. Source: OASIS AMQP 1.0, part 3, section
 * 3.2.6; the .NET client joins them as well.
 */
function bodyOf({ body, _rawAmqpMessage: raw }: ServiceBusReceivedMessage): unknown {
  if (body === undefined) return Buffer.alloc(0);
  const isInSections = raw?.bodyType === 'data' && Array.isArray(body);
  return isInSections ? Buffer.concat(body) : body;
}
