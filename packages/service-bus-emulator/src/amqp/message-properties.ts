import rhea, { type Typed } from 'rhea';
import type { MessageProperties, PropertyValue, SystemPropertyName } from '../broker/message-properties.ts';
import { readSection, sectionsOf } from './message-sections.ts';

/** Where each is in the section `properties`. Source: AMQP 1.0 part 3, section 3.2.4. */
const places: Readonly<Record<SystemPropertyName, number>> = {
  messageid: 0,
  to: 2,
  label: 3,
  replyto: 4,
  correlationid: 5,
  contenttype: 6,
  sessionid: 10,
  replytosessionid: 12,
};

/** What rules look at, from the two sections in which it is. */
export function readMessageProperties(properties: Buffer, applicationProperties: Buffer): MessageProperties {
  const fields = itemsOf(properties);
  const system: Partial<Record<SystemPropertyName, PropertyValue>> = {};
  for (const [name, place] of Object.entries(places)) {
    const value = propertyValue(fields[place]);
    // An ID may have other types on the wire; to the broker it is a text.
    if (value !== undefined) system[name as SystemPropertyName] = String(value);
  }
  const items = itemsOf(applicationProperties);
  const application = new Map<string, PropertyValue>();
  for (let place = 0; place < items.length; place += 2) {
    application.set(String(items[place]?.value), propertyValue(items[place + 1]));
  }
  return { system, application };
}

function itemsOf(bytes: Buffer): readonly Typed[] {
  const [section] = sectionsOf(bytes);
  return section === undefined ? [] : readSection(bytes, section).value;
}

/** Source of the codes: AMQP 1.0 part 1, section 1.6. */
const integerCodes = new Set([0x43, 0x44, 0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x60, 0x61, 0x70, 0x71, 0x80, 0x81]);
const uuidCode = 0x98;
const textual = new Set(['string', 'number', 'boolean']);

function propertyValue(typed: Typed | undefined): PropertyValue {
  const value: unknown = typed?.value;
  const code = typed?.type.typecode ?? 0;
  // rhea hands out a number of eight bytes that a double cannot hold as these bytes.
  if (integerCodes.has(code)) return Buffer.isBuffer(value) ? wide(value, code) : BigInt(value as number);
  if (value instanceof Date) return value;
  if (Buffer.isBuffer(value)) return code === uuidCode ? rhea.uuid_to_string(value) : value;
  return textual.has(typeof value) ? (value as string | number | boolean) : undefined;
}

const ulongCode = 0x80;
const wide = (bytes: Buffer, code: number): bigint =>
  code === ulongCode ? bytes.readBigUInt64BE() : bytes.readBigInt64BE();
