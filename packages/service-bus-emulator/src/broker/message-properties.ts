/**
 * The value of a message's property, as rules compare it: whole numbers are bigint whatever their width, others number; a
 * UUID is its text. `undefined` for a type that has no comparison, and for null.
 */
export type PropertyValue = string | bigint | number | boolean | Date | Buffer | undefined;

/** What a sender can set of a message beside its body and its own properties, as rules name it, in lower case. */
export type SystemPropertyName =
  | 'messageid'
  | 'correlationid'
  | 'contenttype'
  | 'label'
  | 'to'
  | 'replyto'
  | 'sessionid'
  | 'replytosessionid';

/** What rules see of a message: no body. */
export interface MessageProperties {
  readonly system: Readonly<Partial<Record<SystemPropertyName, PropertyValue>>>;
  /** By name as it was sent. */
  readonly application: ReadonlyMap<string, PropertyValue>;
}
