import { expiryFrom, type ReceivedMessage } from '../../application/ports/received-message.ts';

/**
 * A delivery as the host's Service Bus trigger hands it over, in our words.
 *
 * The host leaves out what is not set; every text that is JSON arrives parsed, an ID of digits as a number; and members of a
 * body that it read as text replace the message's own properties of the same name, whatever their case. A property is
 * therefore taken for what it says only if it has the right form, and the body could not have replaced it.
 */
export function receivedFromTrigger(
  body: unknown,
  metadata: Readonly<Record<string, unknown>> | undefined = {},
): ReceivedMessage {
  const property = (name: string): unknown => (isReplaceable(body, name) ? undefined : metadata[name]);
  return {
    body,
    // Whether the body replaced it is judged where the ID is: a CloudEvent does not need it.
    messageId: metadata['messageId'],
    contentType: textOf(property('contentType')),
    deliveryCount: countOf(property('deliveryCount')),
    sequenceNumber: String(countOf(property('sequenceNumber')) ?? ''),
    enqueuedTime: timeOf(property('enqueuedTime') ?? property('enqueuedTimeUtc'))?.toISOString() ?? '',
    expiresAt: expiryFrom(timeOf(property('expiresAt') ?? property('expiresAtUtc'))),
  };
}

/** Bytes are not looked into by the host. */
const isReplaceable = (body: unknown, name: string): boolean =>
  typeof body === 'object' &&
  body !== null &&
  !(body instanceof Uint8Array) &&
  Object.keys(body).some((key) => key.toLowerCase() === name.toLowerCase());

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Sequence numbers have 64 bits: those of a partitioned queue arrive rounded. */
const countOf = (value: unknown): number | undefined => (Number.isInteger(value) ? (value as number) : undefined);

/** The host writes some times without a zone. They are UTC; JavaScript would read them as local. */
function timeOf(value: unknown): Date | undefined {
  const [, moment, zone = 'Z'] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:\d\d)?$/.exec(String(value)) ?? [];
  const time = new Date(`${moment}${zone}`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
