import type { ReceivedMessage } from '../../application/ports/received-message.ts';
import type { Fingerprint } from '../../domain/fingerprint.ts';
import type { Content, Delivery, Message } from '../../domain/message.ts';
import { isMessageId, parseMessageId } from '../../domain/message-id.ts';
import { type Consumer, workKey } from '../../domain/work-key.ts';
import { bodyContent, eventData, type TypedContent } from './body-content.ts';
import { type EventProblem, isProblem } from './event-attributes.ts';
import { batchProblem, eventContentType, isBatch, messageFromEvent, structuredModeOf } from './event-document.ts';
import { eventFromProperties } from './event-properties.ts';
import { type ExactBody, exactBody } from './exact-body.ts';
import { UnusableMessageError } from './unusable-message-error.ts';

export interface DeliveryOptions {
  readonly consumer: Consumer;
  readonly fingerprintOf: (message: Message) => Fingerprint;
}

/**
 * The delivery in what a host handed over. A CloudEvent, in structured or binary mode, is known by its source and ID; a
 * message of another kind by its Service Bus message ID, if that is beyond doubt.
 *
 * @throws UnusableMessageError otherwise: an ID is never guessed.
 */
export function deliveryFrom(received: ReceivedMessage, { consumer, fingerprintOf }: DeliveryOptions): Delivery {
  const { deliveryCount, sequenceNumber, enqueuedTime, expiresAt } = received;
  const { message, isEvent } = messageFrom(received);
  const key = workKey(consumer, isEvent ? message : { id: message.id });
  try {
    const fingerprint = fingerprintOf(message);
    return { key, message, fingerprint, deliveryCount, physical: { sequenceNumber, enqueuedTime }, expiresAt };
  } catch (cause) {
    throw new UnusableMessageError(
      'The content has no canonical form (RFC 8785).',
      'Send texts in well-formed Unicode, or the content as bytes.',
      cause,
    );
  }
}

function messageFrom(received: ReceivedMessage): { readonly message: Message; readonly isEvent: boolean } {
  const body = exactBody(received.body);
  const event = eventIn(received, body);
  if (event === undefined) return { message: plainMessage(received, body), isEvent: false };
  if (isProblem(event))
    throw new UnusableMessageError(
      event.problem,
      event === batchProblem ? undefined : 'Correct the event, and send it again.',
    );
  return { message: event, isEvent: true };
}

/** Source: CloudEvents 1.0.2, AMQP protocol binding, section 3: the content type tells the mode. */
function eventIn(
  { contentType, applicationProperties }: ReceivedMessage,
  body: ExactBody,
): Message | EventProblem | undefined {
  const mode = structuredModeOf(contentType);
  if (mode !== undefined && mode !== 'json') return mode;
  if (mode === undefined) {
    const event = eventFromProperties(applicationProperties, () =>
      body.kind === 'json' ? jsonValue(body) : eventData(body.bytes, contentType),
    );
    if (event !== undefined) return event;
  }
  const text = body.kind === 'json' ? JSON.stringify(body.value) : textOf(body.bytes);
  const event = text === undefined ? undefined : messageFromEvent(text);
  if (event !== undefined || mode === undefined) return event;
  return { problem: `The body is not the CloudEvent that its content type ${eventContentType} says.` };
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * A message that is not an event. Its type is a constant, and its content type one of two: what a sender says of JSON in the
 * one or the other way must not make two messages of one.
 */
function plainMessage({ messageId }: ReceivedMessage, body: ExactBody): Message {
  if (typeof messageId === 'object') throw new UnusableMessageError(`The message ID ${messageId.problem}`, giveId);
  if (messageId === undefined) throw new UnusableMessageError('The message has no ID.', giveId);
  const id = parseMessageId(messageId);
  if (!isMessageId(id)) throw new UnusableMessageError(`The message ID ${id.problem}`, giveId);
  const { content, contentType = 'application/octet-stream' } =
    body.kind === 'json' ? jsonValue(body) : bodyContent(body.bytes, undefined);
  if (content.kind === 'json' && isBatch(content.value)) throw new UnusableMessageError(batchProblem.problem);
  return { id, source: '/', type: 'immutable-service-bus.message.foreign', contentType, content };
}

const giveId =
  'Set the Service Bus message ID to a text of 1 to 128 characters, or send a CloudEvent, whose own id counts.';

const jsonValue = (content: Content): TypedContent => ({ content, contentType: 'application/json' });
