import { type IdOf, idGivenBy, type MessageToName } from '../../application/content/id-of.ts';
import type { ReceivedMessage } from '../../application/ports/received-message.ts';
import type { Fingerprint } from '../../domain/fingerprint.ts';
import type { Content, DeliveredMessage, Delivery, Message, PropertyValue } from '../../domain/message.ts';
import { isMessageId, type MessageId, type MessageIdProblem, parseMessageId } from '../../domain/message-id.ts';
import { type Consumer, workKey } from '../../domain/work-key.ts';
import { bodyContent, eventData, type TypedContent } from './body-content.ts';
import { type EventProblem, headerValue, isProblem } from './event-attributes.ts';
import {
  batchProblem,
  eventContentType,
  isBatch,
  type ReadEvent,
  readEvent,
  structuredModeOf,
} from './event-document.ts';
import { eventFromProperties } from './event-properties.ts';
import { type ExactBody, exactBody } from './exact-body.ts';
import { UnusableMessageError } from './unusable-message-error.ts';

export interface DeliveryOptions {
  readonly consumer: Consumer;
  /** What a message is known by, in the place of its own ID. */
  readonly idOf?: IdOf | undefined;
  /** `canonical` is the canonical form (RFC 8785) of content that is JSON, where it is known. */
  readonly fingerprintOf: (
    message: Pick<Message, 'type' | 'contentType' | 'content'>,
    canonical: Uint8Array | undefined,
  ) => Fingerprint;
}

/**
 * The delivery in what a host handed over. A CloudEvent, in structured or binary mode, is known by its source and ID; a
 * message of another kind by its Service Bus message ID, if that is beyond doubt.
 *
 * @throws UnusableMessageError otherwise: an ID is never guessed.
 */
export function deliveryFrom(received: ReceivedMessage, { consumer, idOf, fingerprintOf }: DeliveryOptions): Delivery {
  const { deliveryCount, sequenceNumber, enqueuedTime, expiresAt } = received;
  const { message: sent, isEvent, canonical } = messageFrom(received);
  const message = delivered(sent, received, idOf);
  const key = workKey(consumer, isEvent && idOf === undefined ? message : { id: message.id });
  try {
    const fingerprint = fingerprintOf(sent, canonical);
    return { key, message, fingerprint, deliveryCount, physical: { sequenceNumber, enqueuedTime }, expiresAt };
  } catch (cause) {
    throw new UnusableMessageError(
      'The content has no canonical form (RFC 8785).',
      'Send texts in well-formed Unicode, or the content as bytes.',
      cause,
    );
  }
}

/**
 * The message with what its sender and the broker say of it, under the ID that it is known by. The content's type is the one
 * that the sender of a plain message wrote, as long as it can be one.
 */
function delivered(
  { id, ...message }: SentMessage,
  received: ReceivedMessage,
  idOf: IdOf | undefined,
): DeliveredMessage {
  const { contentType, applicationProperties, sent, deliveryCount, sequenceNumber, enqueuedTime } = received;
  const toName: MessageToName = {
    ...message,
    ...(message.type === plainType && contentType !== undefined && headerValue.test(contentType) && { contentType }),
    ...sent,
    ...(isMessageId(id) && { id }),
    properties: Object.fromEntries(Object.entries(applicationProperties).filter(isProperty)),
    ...(deliveryCount !== undefined && { deliveryCount }),
    ...(sequenceNumber !== '' && { sequenceNumber }),
    ...(enqueuedTime !== '' && { enqueuedAt: enqueuedTime }),
  };
  const known = idOf === undefined ? id : idGivenBy(idOf, toName);
  if (isMessageId(known)) return { ...toName, id: known };
  throw new UnusableMessageError(`The message ID ${known.problem}`, idOf === undefined ? giveId : correctId);
}

const giveId =
  'Set the Service Bus message ID to a text of 1 to 128 characters, or send a CloudEvent, whose own id counts.';
const correctId = 'Correct the message, or idOf, and send it again.';

const isProperty = (property: [string, unknown]): property is [string, PropertyValue] => {
  const [, value] = property;
  return value === null || value instanceof Date || value instanceof Uint8Array || valueTypes.has(typeof value);
};

const valueTypes = new Set(['string', 'number', 'boolean', 'bigint']);

/** What a message is that is not an event. */
const plainType = 'immutable-service-bus.message.foreign';

/** A message whose own ID may not be usable. */
type SentMessage = Omit<Message, 'id'> & { readonly id: MessageId | MessageIdProblem };

interface Sent {
  readonly message: SentMessage;
  readonly isEvent: boolean;
  readonly canonical: Uint8Array | undefined;
}

function messageFrom(received: ReceivedMessage): Sent {
  const body = exactBody(received.body);
  const event = eventIn(received, body);
  if (event === undefined) return { message: plainMessage(received, body), isEvent: false, canonical: undefined };
  if (isProblem(event))
    throw new UnusableMessageError(
      event.problem,
      event === batchProblem ? undefined : 'Correct the event, and send it again.',
    );
  return { ...event, isEvent: true };
}

/** Source: CloudEvents 1.0.2, AMQP protocol binding, section 3: the content type tells the mode. */
function eventIn(
  { contentType, applicationProperties }: ReceivedMessage,
  body: ExactBody,
): ReadEvent | EventProblem | undefined {
  const mode = structuredModeOf(contentType);
  if (mode !== undefined && mode !== 'json') return mode;
  if (mode === undefined) {
    const event = eventFromProperties(applicationProperties, () =>
      body.kind === 'json' ? jsonValue(body) : eventData(body.bytes, contentType),
    );
    if (event !== undefined) return isProblem(event) ? event : { message: event, canonical: undefined };
  }
  const bytes = body.kind === 'json' ? undefined : body.bytes;
  const text = body.kind === 'json' ? JSON.stringify(body.value) : textOf(body.bytes);
  const event = text === undefined ? undefined : readEvent(text, bytes);
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
 * A message that is not an event. Its type is a constant, and its content type one of two: two ways to say that content is JSON
 * must not make two messages of one.
 */
function plainMessage({ messageId }: ReceivedMessage, body: ExactBody): SentMessage {
  const id = typeof messageId === 'string' ? parseMessageId(messageId) : (messageId ?? { problem: 'is not set.' });
  const { content, contentType = 'application/octet-stream' } =
    body.kind === 'json' ? jsonValue(body) : bodyContent(body.bytes, undefined);
  if (content.kind === 'json' && isBatch(content.value)) throw new UnusableMessageError(batchProblem.problem);
  return { id, source: '/', type: plainType, contentType, content };
}

const jsonValue = (content: Content): TypedContent => ({ content, contentType: 'application/json' });
