import type { ReceivedMessage } from '../../application/ports/received-message.ts';
import { DeliveryError } from '../../domain/errors.ts';
import type { Fingerprint } from '../../domain/fingerprint.ts';
import type { Content, Delivery, Message } from '../../domain/message.ts';
import { isMessageId, parseMessageId } from '../../domain/message-id.ts';
import { eventContentType, messageFromEvent } from './event-document.ts';
import { deepestNesting, isTooDeep } from './json-content.ts';

export interface DeliveryOptions {
  readonly fingerprintOf: (message: Message) => Fingerprint;
  /**
   * Whether the host copies top-level members of a JSON body over the message's own properties, as Azure Functions does.
   * The ID may then be whatever a client wrote into the body.
   */
  readonly bodyOverwritesProperties: boolean;
}

/** What was received cannot be processed: it names no work. There is no lock for it; it ends in the dead-letter queue. */
export class UnusableMessageError extends DeliveryError {
  override readonly name = 'UnusableMessageError';
  readonly isFinal = true;
  constructor(why: string, cause?: unknown) {
    super(`${why} Send a CloudEvents 1.0 event in structured JSON mode, or set the Service Bus message ID to a text.`, {
      cause,
    });
  }
}

/**
 * The delivery in what a host handed over. The ID of a CloudEvent is the message ID. A message of another producer is
 * served under its Service Bus message ID, if that is beyond doubt.
 *
 * @throws UnusableMessageError otherwise: an ID is never guessed.
 */
export function deliveryFrom(received: ReceivedMessage, options: DeliveryOptions): Delivery {
  const { deliveryCount, sequenceNumber, enqueuedTime, expiresAt } = received;
  const message = messageFrom(received, options);
  // Whether it can be hashed and handled would depend on how much of the stack is left, here and in every other host.
  if (message.content.kind === 'json' && isTooDeep(message.content.value)) {
    throw new UnusableMessageError(
      `The content is nested deeper than ${deepestNesting} levels: send it as "data_base64".`,
    );
  }
  try {
    const fingerprint = options.fingerprintOf(message);
    return { message, fingerprint, deliveryCount, physical: { sequenceNumber, enqueuedTime }, expiresAt };
  } catch (cause) {
    throw new UnusableMessageError('The content has no canonical form (RFC 8785).', cause);
  }
}

function messageFrom(received: ReceivedMessage, options: DeliveryOptions): Message {
  const content = contentOf(received.body);
  const event = content.kind === 'json' ? messageFromEvent(content.value) : undefined;
  if (event === undefined) {
    if (received.contentType?.toLowerCase().startsWith(eventContentType)) {
      throw new UnusableMessageError(`The body is not the CloudEvent that its content type ${eventContentType} says.`);
    }
    return foreignMessage(received.messageId, content, options);
  }
  if ('problem' in event) throw new UnusableMessageError(event.problem);
  return event;
}

/** A message of another producer. Type and content type are constants: hosts do not agree on what the sender gave. */
function foreignMessage(messageId: unknown, content: Content, options: DeliveryOptions): Message {
  if (options.bodyOverwritesProperties && content.kind === 'json' && hasMember(content.value, 'messageid')) {
    throw new UnusableMessageError('The body has a member that this host puts in the place of the message ID.');
  }
  // Azure Functions reads every text as JSON, so that an ID of digits arrives as a number.
  const id = parseMessageId(Number.isSafeInteger(messageId) ? String(messageId) : messageId);
  if (!isMessageId(id)) throw new UnusableMessageError(`The message ID ${id.problem}`);
  const contentType = content.kind === 'json' ? 'application/json' : 'application/octet-stream';
  return { id, source: '/', type: 'immutable-service-bus.message.foreign', contentType, content };
}

/**
 * One reading of a body for all hosts: some hand over its bytes, and some what they made of them. Azure Functions gives the
 * same text for the JSON text `"a"` and for the bare `a`, so that here both are the text's bytes.
 */
function contentOf(body: unknown): Content {
  const value = body instanceof Uint8Array ? jsonValue(body) : body;
  if (value instanceof Uint8Array) return { kind: 'binary', bytes: value };
  if (typeof value === 'string') return { kind: 'binary', bytes: Buffer.from(value) };
  return { kind: 'json', value: value ?? null };
}

function jsonValue(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return bytes; // not JSON: the bytes are the content
  }
}

const hasMember = (value: unknown, lowerCaseName: string): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).some((key) => key.toLowerCase() === lowerCaseName);
