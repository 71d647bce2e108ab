import type { ServiceBusMessage, ServiceBusReceivedMessage } from '@azure/service-bus';
import type { ExportedMessage, Stamp } from '../../../application/operate/dead-letters.ts';
import type { DurationMs } from '../../../domain/time.ts';

/** The properties by which a broker says why it dead-lettered a message. Sent on, the message would say it of itself. */
const causeNames = ['DeadLetterReason', 'DeadLetterErrorDescription'];

/** What a copy says of itself, as application properties. */
export const stampNames = {
  /** The dead letter's sequence number, and the run that sent the copy. */
  from: 'isb-redriven-from',
  run: 'isb-redrive',
  count: 'isb-redrive-count',
  by: 'isb-redriven-by',
  reason: 'isb-redrive-reason',
  at: 'isb-redriven-at',
} as const;

/** What the sender gave, without what the broker added. */
export const sendersProperties = ({
  applicationProperties = {},
}: ServiceBusReceivedMessage): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(applicationProperties).filter(([name]) => !causeNames.includes(name)));

/**
 * Why a message cannot be sent again as its sender sent it; undefined if it can. The SDK shows some values of AMQP in a form
 * that it does not send as they came: a UUID and a long that no double can hold as bytes, a body of another kind than data.
 */
export function notRepeatable(message: ServiceBusReceivedMessage): string | undefined {
  const { _rawAmqpMessage: raw } = message;
  if (raw.bodyType !== undefined && raw.bodyType !== 'data') {
    return `its body is an AMQP ${raw.bodyType}, of which the types are not known any more`;
  }
  if (typeof message.messageId !== 'string') return 'its message ID is not a text';
  const lost = Object.entries(sendersProperties(message)).find(
    ([, value]) => typeof value === 'object' && value !== null,
  );
  return lost && `the type of its property ${JSON.stringify(lost[0])} is not known any more`;
}

/**
 * A new message with the content and the properties of a dead letter, field by field: the received object, sent again, would
 * bring along why it was dead-lettered. Its time to live starts anew. The lock knows it by the same ID and the same content.
 */
export function repeated(
  message: ServiceBusReceivedMessage,
  { stamp, timeToLiveMs, run }: { readonly stamp: Stamp; readonly timeToLiveMs: DurationMs; readonly run: string },
): ServiceBusMessage {
  const properties = sendersProperties(message) as Properties;
  return {
    ...given(message),
    body: bytesOf(message),
    timeToLive: timeToLiveMs,
    applicationProperties: {
      ...stamped(properties, String(message.sequenceNumber ?? ''), stamp),
      [stampNames.run]: run,
    },
  };
}

/** A message that was exported, to be sent as it was. */
export function imported(
  { body, applicationProperties, sequenceNumber = '', ...fields }: ExportedMessage,
  { stamp, timeToLiveMs }: { readonly stamp: Stamp; readonly timeToLiveMs: DurationMs },
): ServiceBusMessage {
  return {
    ...fields,
    body,
    timeToLive: timeToLiveMs,
    applicationProperties: stamped(applicationProperties, sequenceNumber, stamp),
  };
}

type Properties = NonNullable<ServiceBusMessage['applicationProperties']>;

/** `properties` with who sends it again, why, and how often that was done. */
function stamped(properties: Properties, from: string, { who, reason }: Stamp): Properties {
  const count = Number(properties[stampNames.count] ?? 0);
  return {
    ...properties,
    [stampNames.from]: from,
    [stampNames.count]: (Number.isSafeInteger(count) ? count : 0) + 1,
    [stampNames.by]: who,
    [stampNames.reason]: reason,
    [stampNames.at]: new Date().toISOString(),
  };
}

/** Its other fields, without those that it does not have: the SDK checks what is there. */
function given(message: ServiceBusReceivedMessage): Omit<ServiceBusMessage, 'body'> {
  const { messageId, contentType, correlationId, subject, to, replyTo, replyToSessionId, sessionId, partitionKey } =
    message;
  const fields = {
    messageId,
    contentType,
    correlationId,
    subject,
    to,
    replyTo,
    replyToSessionId,
    sessionId,
    partitionKey,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null));
}

/** A body in several data sections is one content; one in none is empty. */
function bytesOf({ body, _rawAmqpMessage: raw }: ServiceBusReceivedMessage): Uint8Array {
  if (body === undefined || body === null) return Buffer.alloc(0);
  return Array.isArray(body) && raw.bodyType === 'data' ? Buffer.concat(body) : body;
}
