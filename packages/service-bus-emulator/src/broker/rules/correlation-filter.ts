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

export type CorrelationName = Exclude<keyof CorrelationFilter, 'properties'>;

const systemNames: Readonly<Record<CorrelationName, SystemPropertyName>> = {
  messageId: 'messageid',
  correlationId: 'correlationid',
  contentType: 'contenttype',
  subject: 'label',
  to: 'to',
  replyTo: 'replyto',
  sessionId: 'sessionid',
  replyToSessionId: 'replytosessionid',
};

/** In the order of the documentation. */
export const correlationNames = Object.keys(systemNames) as readonly CorrelationName[];

export function correlates(filter: CorrelationFilter, { system, application }: MessageProperties): boolean {
  for (const name of correlationNames) {
    const wanted = filter[name];
    if (wanted !== undefined && system[systemNames[name]] !== wanted) return false;
  }
  return Object.entries(filter.properties ?? {}).every(([name, wanted]) => equals(application.get(name), wanted));
}

function equals(value: PropertyValue, wanted: PropertyValue): boolean {
  if (value instanceof Date && wanted instanceof Date) return value.getTime() === wanted.getTime();
  if (isNumber(value) && isNumber(wanted)) return value <= wanted && value >= wanted; // 1 is not 1n
  return value === wanted;
}

const isNumber = (value: PropertyValue): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint';
