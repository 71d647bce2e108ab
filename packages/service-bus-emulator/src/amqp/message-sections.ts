import rhea, { type Typed } from 'rhea';
import { Reader, type RheaWriter, Writer } from './rhea-internals.ts';

const { types } = rhea;

/** The descriptors of a message's sections. Source: AMQP 1.0 part 3, section 3.2. */
export const sectionCode = {
  header: 0x70,
  deliveryAnnotations: 0x71,
  messageAnnotations: 0x72,
  properties: 0x73,
  applicationProperties: 0x74,
  data: 0x75,
  value: 0x77,
  footer: 0x78,
} as const;

/**
 * The upper half of a type's code tells how wide its values are, or (the ones that are not here) that their size comes
 * before them: in one byte if it is even, in four if it is odd. Source: AMQP 1.0 part 1, section 1.2.
 */
const widths: Readonly<Record<number, number>> = { 4: 0, 5: 1, 6: 2, 7: 4, 8: 8, 9: 16 };

/** Where one section of an encoded message lies. */
export interface Section {
  readonly code: number;
  readonly start: number;
  readonly end: number;
}

/** Finds the sections without reading what is in them. Throws on bytes that are not an encoded message. */
export function sectionsOf(bytes: Buffer): readonly Section[] {
  const reader = new Reader(bytes);
  const sections: Section[] = [];
  while (reader.remaining() > 0) {
    const start = reader.position;
    const { typecode, descriptor } = reader.read_constructor();
    const code: unknown = descriptor?.value;
    if (typeof code !== 'number' || code < sectionCode.header || code > sectionCode.footer) {
      throw new Error('The message has something that is not a section');
    }
    reader.skip(widths[typecode >>> 4] ?? reader.read_uint((typecode >>> 4) % 2 === 0 ? 1 : 4));
    if (reader.position > bytes.length) throw new Error('The message ends within a section');
    sections.push({ code, start, end: reader.position });
  }
  return sections;
}

/** The value of one section, its numbers and strings still with their AMQP types. */
export const readSection = (bytes: Buffer, section: Section): Typed =>
  new ExactReader(bytes.subarray(section.start, section.end)).read();

const wideIntegers = new Set([0x80, 0x81]);

/** Hands out a whole number that a double cannot hold as its eight bytes; rhea does so only from 2^53 + 2^32 on. */
class ExactReader extends Reader {
  override read_fixed_width(type: { readonly typecode: number }): unknown {
    const bytes = this.buffer.subarray(this.position);
    const value = super.read_fixed_width(type);
    return wideIntegers.has(type.typecode) && !Number.isSafeInteger(value) ? bytes.subarray(0, 8) : value;
  }
}

export function writeSection(writer: RheaWriter, code: number, value: Typed): void {
  writer.write(types.described(types.wrap_ulong(code), value));
}

export function encodeSection(code: number, value: Typed): Buffer {
  const writer = new Writer();
  writeSection(writer, code, value);
  return writer.toBuffer();
}

/** The value in a message's body with its own descriptor, which `readSection` leaves out. */
export function readDescribed(bytes: Buffer): Typed | undefined {
  const section = sectionsOf(bytes).find(({ code }) => code === sectionCode.value);
  if (section === undefined) return undefined;
  const reader = new Reader(bytes.subarray(section.start, section.end));
  reader.position = 1;
  reader.read(); // the section's descriptor
  return reader.read();
}
