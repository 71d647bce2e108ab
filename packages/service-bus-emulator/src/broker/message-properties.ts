/**
 * The value of a message's property, as rules compare it: whole numbers are bigint whatever their width, others number; a
 * UUID is its text. `undefined` for null, and for a type that cannot be compared.
 */
export type PropertyValue = string | bigint | number | boolean | Date | Buffer | undefined;

/** What a sender can set of a message beside its body and its own properties, as rules name it. */
export const systemPropertyNames = [
  'MessageId',
  'CorrelationId',
  'ContentType',
  'Label',
  'To',
  'ReplyTo',
  'SessionId',
  'ReplyToSessionId',
] as const;

export type SystemPropertyName = (typeof systemPropertyNames)[number];

export interface ApplicationProperty {
  /** As it was sent. */
  readonly name: string;
  readonly value: PropertyValue;
}

/** What rules see of a message: no body. */
export interface MessageProperties {
  readonly system: ReadonlyMap<SystemPropertyName, string>;
  /** By name in lower case: rules do not tell cases apart. */
  readonly application: ReadonlyMap<string, ApplicationProperty>;
}
