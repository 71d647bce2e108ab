import { expiryFrom, type ReceivedMessage } from '../../application/ports/received-message.ts';
import type { MessageIdProblem } from '../../domain/message-id.ts';
import type { ExactMetadata, ExactValue } from './exact-metadata.ts';

/** The metadata of a Service Bus trigger: as the library hands it out, and as the host sent it, if that can be had. */
export interface TriggerMetadata {
  readonly parsed: Readonly<Record<string, unknown>> | undefined;
  readonly exact: ExactMetadata | undefined;
}

/**
 * A delivery as the host's Service Bus trigger hands it over, in our words.
 *
 * The host leaves out what is not set; the library has parsed every text that is JSON; and members of a body that the host
 * read as text replace the message's own properties of the same name, whatever their case. So a property is taken as the host
 * sent it; without that, for what it says only if it has the right form; and never if the body could have replaced it.
 */
export function receivedFromTrigger(body: unknown, { parsed = {}, exact }: TriggerMetadata): ReceivedMessage {
  const property = (name: string): unknown => {
    if (isReplaceable(body, name)) return undefined;
    return exact === undefined ? parsed[name] : sentValue(exact[name[0]?.toUpperCase() + name.slice(1)]);
  };
  return {
    body,
    messageId: isReplaceable(body, 'messageId') ? replaced : messageIdOf(property('messageId')),
    contentType: textOf(property('contentType')),
    applicationProperties: propertiesOf(property('applicationProperties')),
    sent: textsOf(property),
    deliveryCount: countOf(property('deliveryCount')),
    sequenceNumber: digitsOf(property('sequenceNumber')),
    enqueuedTime: timeOf(property('enqueuedTime') ?? property('enqueuedTimeUtc'))?.toISOString() ?? '',
    expiresAt: expiryFrom(timeOf(property('expiresAt') ?? property('expiresAtUtc'))),
  };
}

/** What else a sender can set, as the host names it. */
const sentTexts = ['subject', 'correlationId', 'replyTo', 'to', 'sessionId', 'partitionKey'] as const;

const textsOf = (property: (name: string) => unknown): NonNullable<ReceivedMessage['sent']> =>
  Object.fromEntries(
    sentTexts.map((name) => [name, property(name)] as const).filter(([, value]) => typeof value === 'string'),
  );

/** A text as it is; everything else the host has made JSON. */
function sentValue(value: ExactValue | undefined): unknown {
  if (typeof value?.string === 'string') return value.string;
  return typeof value?.json === 'string' ? parsedJson(value.json) : undefined;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text, exactInteger as (key: string, value: unknown) => unknown);
  } catch {
    return undefined;
  }
}

/** An integer of more than 53 bits would be rounded. */
const exactInteger = (_key: string, value: unknown, { source }: { readonly source?: string }): unknown =>
  typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source ?? '')
    ? BigInt(source ?? '')
    : value;

/** Bytes are not looked into by the host. */
const isReplaceable = (body: unknown, name: string): boolean =>
  typeof body === 'object' &&
  body !== null &&
  !(body instanceof Uint8Array) &&
  Object.keys(body).some((key) => key.toLowerCase() === name.toLowerCase());

const replaced: MessageIdProblem = {
  problem: 'was replaced by a member of the body, which this host has read as text.',
};

function messageIdOf(value: unknown): string | MessageIdProblem | undefined {
  if (value === undefined || typeof value === 'string') return value;
  // Which of many texts it was cannot be told: each would be another ID.
  return { problem: 'was read as JSON by this host, which makes one value of several texts.' };
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const propertiesOf = (value: unknown): ReceivedMessage['applicationProperties'] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};

const countOf = (value: unknown): number | undefined => (Number.isInteger(value) ? (value as number) : undefined);

/** Sequence numbers have 64 bits: those of a partitioned queue arrive rounded where the library has parsed them. */
const digitsOf = (value: unknown): string =>
  /^\d+$/.test(String(value)) ? String(value) : String(countOf(value) ?? '');

/** The host writes some times without a zone. They are UTC; JavaScript would read them as local. */
function timeOf(value: unknown): Date | undefined {
  const [, moment, zone = 'Z'] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:\d\d)?$/.exec(String(value)) ?? [];
  const time = new Date(`${moment}${zone}`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
