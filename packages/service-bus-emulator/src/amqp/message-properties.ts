import rhea, { type Typed } from 'rhea';
import {
  type ApplicationProperty,
  type MessageProperties,
  type PropertyValue,
  type SystemPropertyName,
  systemPropertyNames,
} from '../broker/message-properties.ts';
import { encodeSection, readSection, sectionCode, sectionsOf } from './message-sections.ts';
import { mapOf } from './rhea-internals.ts';

const { types } = rhea;

/** Where each is in the section `properties`. Source: AMQP 1.0 part 3, section 3.2.4. */
const places: Readonly<Record<SystemPropertyName, number>> = {
  MessageId: 0,
  To: 2,
  Label: 3,
  ReplyTo: 4,
  CorrelationId: 5,
  ContentType: 6,
  SessionId: 10,
  ReplyToSessionId: 12,
};

/** The two sections of a message in which its properties are. */
export interface PropertySections {
  readonly properties: Buffer;
  readonly applicationProperties: Buffer;
}

/** What rules look at. */
export function readMessageProperties(sections: PropertySections): MessageProperties {
  const fields = itemsOf(sections.properties);
  const system = new Map<SystemPropertyName, string>();
  for (const name of systemPropertyNames) {
    const value = propertyValue(fields[places[name]]);
    // An ID may have other types on the wire; to the broker it is a text.
    if (value !== undefined) system.set(name, Buffer.isBuffer(value) ? value.toString('hex') : String(value));
  }
  const application = new Map<string, ApplicationProperty>();
  for (const [name, value] of entriesOf(sections.applicationProperties)) {
    application.set(name.toLowerCase(), { name, value: propertyValue(value) });
  }
  return { system, application };
}

/** The sections with these properties instead. What is as it was keeps its type on the wire. */
export function changeMessageProperties(sections: PropertySections, wanted: MessageProperties): PropertySections {
  const before = readMessageProperties(sections);
  const fields: (Typed | undefined)[] = [...itemsOf(sections.properties)];
  for (const name of systemPropertyNames) {
    const value = wanted.system.get(name);
    if (value !== before.system.get(name)) fields[places[name]] = systemField(name, value);
  }
  const typesBefore = new Map(
    entriesOf(sections.applicationProperties).map(([name, typed]) => [name.toLowerCase(), typed]),
  );
  const items = [...wanted.application].flatMap(([key, { name, value }]) => {
    const typed = typesBefore.get(key);
    const isUnchanged = typed !== undefined && before.application.get(key)?.value === value;
    return [types.wrap_string(name), isUnchanged ? typed : typedLike(typed, value)];
  });
  return {
    properties: encodeSection(sectionCode.properties, types.wrap_list(Array.from(fields, (field) => field ?? null))),
    applicationProperties: encodeSection(sectionCode.applicationProperties, mapOf(items)),
  };
}

function systemField(name: SystemPropertyName, value: string | undefined): Typed | undefined {
  if (value === undefined) return undefined;
  return name === 'ContentType' ? types.wrap_symbol(value) : types.wrap_string(value);
}

function itemsOf(bytes: Buffer): readonly Typed[] {
  const [section] = sectionsOf(bytes);
  return section === undefined ? [] : readSection(bytes, section).value;
}

function entriesOf(bytes: Buffer): (readonly [string, Typed])[] {
  const items = itemsOf(bytes);
  return items.flatMap((name, place) => {
    const value = items[place + 1];
    return place % 2 === 0 && value !== undefined ? [[String(name.value), value] as const] : [];
  });
}

/** Source of the codes: AMQP 1.0 part 1, section 1.6. */
const integerCodes = new Set([0x43, 0x44, 0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x60, 0x61, 0x70, 0x71, 0x80, 0x81]);
const intCodes = new Set([0x54, 0x71]);
const ulongCode = 0x80;
const doubleCode = 0x82;
const uuidCode = 0x98;
const scalars = new Set(['string', 'number', 'boolean']);

/** The value of a property without its type on the wire. */
export function propertyValue(typed: Typed | undefined): PropertyValue {
  const value: unknown = typed?.value;
  const code = typed?.type.typecode ?? 0;
  if (integerCodes.has(code)) return Buffer.isBuffer(value) ? wide(value, code) : BigInt(value as number);
  if (value instanceof Date) return value;
  if (Buffer.isBuffer(value)) return code === uuidCode ? rhea.uuid_to_string(value) : value;
  return scalars.has(typeof value) ? (value as string | number | boolean) : undefined;
}

/** rhea hands out a number of eight bytes that a double cannot hold as these bytes. */
const wide = (bytes: Buffer, code: number): bigint =>
  code === ulongCode ? bytes.readBigUInt64BE() : bytes.readBigInt64BE();

/** A value with its type on the wire: the one that the property has had, if the value fits into it. */
export function typedLike(before: Typed | undefined, value: PropertyValue): Typed {
  const code = before?.type.typecode ?? 0;
  if (typeof value === 'bigint') {
    if (intCodes.has(code) && BigInt.asIntN(32, value) === value) return types.wrap_int(Number(value));
    if (code === doubleCode) return types.wrap_double(Number(value));
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64BE(value);
    return types.wrap_long(bytes);
  }
  if (typeof value === 'number') return types.wrap_double(value);
  if (value instanceof Date) return types.wrap_timestamp(value.getTime());
  if (Buffer.isBuffer(value)) return types.wrap_binary(value);
  return types.wrap(value ?? null);
}
