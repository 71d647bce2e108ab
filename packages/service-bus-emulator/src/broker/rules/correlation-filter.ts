import type { MessageProperties, PropertyValue, SystemPropertyName } from '../message-properties.ts';

/**
 * A message matches if each property that is named here has this value; texts are compared with their case. Source:
 * Microsoft documentation "Topic filters and actions".
 */
export interface CorrelationFilter {
  readonly messageId?: string;
  readonly correlationId?: string;
  readonly contentType?: string;
  readonly subject?: string;
  readonly to?: string;
  readonly replyTo?: string;
  readonly sessionId?: string;
  readonly replyToSessionId?: string;
  /** Application properties. A number equals any number of the same value, whatever its type. */
  readonly properties?: Readonly<Record<string, string | number | bigint | boolean | Date>>;
}

type CorrelationName = Exclude<keyof CorrelationFilter, 'properties'>;

/** The members of a filter, and the system property that each is about. */
export const correlationNames: readonly (readonly [CorrelationName, SystemPropertyName])[] = [
  ['messageId', 'MessageId'],
  ['correlationId', 'CorrelationId'],
  ['contentType', 'ContentType'],
  ['subject', 'Label'],
  ['to', 'To'],
  ['replyTo', 'ReplyTo'],
  ['sessionId', 'SessionId'],
  ['replyToSessionId', 'ReplyToSessionId'],
];

export function correlates(filter: CorrelationFilter, { system, application }: MessageProperties): boolean {
  for (const [member, name] of correlationNames) {
    const wanted = filter[member];
    if (wanted !== undefined && system.get(name) !== wanted) return false;
  }
  for (const [name, wanted] of Object.entries(filter.properties ?? {})) {
    if (!equals(application.get(name.toLowerCase())?.value, wanted)) return false;
  }
  return true;
}

function equals(value: PropertyValue, wanted: PropertyValue): boolean {
  if (value instanceof Date && wanted instanceof Date) return value.getTime() === wanted.getTime();
  if (isNumber(value) && isNumber(wanted)) return value <= wanted && value >= wanted; // 1 is not 1n
  return value === wanted;
}

const isNumber = (value: PropertyValue): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint';
