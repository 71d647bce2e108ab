/**
 * AMQP 1.0 values as bytes, written by hand for these tests: they must not share a mistake with the library that the
 * emulator is built on. Source: AMQP 1.0 part 1, section 1.6.
 */
export type Encoded = Buffer;

const withUint = (code: number, value: number): Encoded => {
  const bytes = Buffer.alloc(5, code);
  bytes.writeUInt32BE(value, 1);
  return bytes;
};
const withSize = (code: number, value: Buffer): Encoded => Buffer.concat([withUint(code, value.length), value]);
const compound = (code: number, items: readonly Encoded[]): Encoded => {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(items.length);
  return withSize(code, Buffer.concat([count, ...items]));
};

export const nil: Encoded = Buffer.of(0x40);
export const emptyList: Encoded = Buffer.of(0x45);
export const boolean = (value: boolean): Encoded => Buffer.of(value ? 0x41 : 0x42);
export const ubyte = (value: number): Encoded => Buffer.of(0x50, value);
export const uint = (value: number): Encoded => withUint(0x70, value);
export const int = (value: number): Encoded => withUint(0x71, value);
export const long = (value: number): Encoded => {
  const bytes = Buffer.alloc(9, 0x81);
  bytes.writeBigInt64BE(BigInt(value), 1);
  return bytes;
};
/** Milliseconds since the Unix epoch. */
export const timestamp = (value: number): Encoded => {
  const bytes = long(value);
  bytes.writeUInt8(0x83);
  return bytes;
};
export const string = (value: string): Encoded => withSize(0xb1, Buffer.from(value));
export const symbol = (value: string): Encoded => withSize(0xb3, Buffer.from(value, 'ascii'));
export const binary = (value: Buffer): Encoded => withSize(0xb0, value);
export const list = (...items: readonly Encoded[]): Encoded => compound(0xd0, items);
export const array = (code: number, ...elements: readonly Buffer[]): Encoded => {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(elements.length);
  return withSize(0xf0, Buffer.concat([count, Buffer.of(code), ...elements.map((each) => each.subarray(1))]));
};
/** Names and values in turn. */
export const map = (...items: readonly Encoded[]): Encoded => compound(0xd1, items);
export const described = (descriptor: number | Encoded, value: Encoded): Encoded =>
  Buffer.concat([Buffer.of(0x00), typeof descriptor === 'number' ? Buffer.of(0x53, descriptor) : descriptor, value]);

/** A value with its descriptor. */
export class Described {
  readonly descriptor: unknown;
  readonly value: unknown;

  constructor(descriptor: unknown, value: unknown) {
    this.descriptor = descriptor;
    this.value = value;
  }
}

/** Reads one value after another: numbers as number, lists and arrays as array, maps as Map, symbols as string. */
export class Decoder {
  readonly #bytes: Buffer;
  position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get remaining(): Buffer {
    return this.#bytes.subarray(this.position);
  }

  read(): unknown {
    const code = this.#byte();
    if (code === 0x00) return new Described(this.read(), this.read());
    return this.#value(code);
  }

  #value(code: number): unknown {
    switch (code) {
      case 0x40:
        return null;
      case 0x41:
      case 0x42:
        return code === 0x41;
      case 0x56:
        return this.#byte() === 1;
      case 0x43:
      case 0x44:
        return 0;
      case 0x45:
        return [];
      case 0x50:
      case 0x52:
      case 0x53:
        return this.#byte();
      case 0x51:
      case 0x54:
      case 0x55:
        return this.#take(1).readInt8();
      case 0x60:
        return this.#take(2).readUInt16BE();
      case 0x61:
        return this.#take(2).readInt16BE();
      case 0x70:
        return this.#take(4).readUInt32BE();
      case 0x71:
        return this.#take(4).readInt32BE();
      case 0x80:
        return Number(this.#take(8).readBigUInt64BE());
      case 0x81:
      case 0x83:
        return Number(this.#take(8).readBigInt64BE());
      case 0x98:
        return this.#take(16);
      default:
        return this.#sized(code);
    }
  }

  /** A value that says how long it is: in one byte if the upper half of its code is even, in four if it is odd. */
  #sized(code: number): unknown {
    const number = () => ((code >>> 4) % 2 === 0 ? this.#byte() : this.#take(4).readUInt32BE());
    const size = number();
    switch (code & 0xef) {
      case 0xa0:
        return this.#take(size);
      case 0xa1:
      case 0xa3:
        return this.#take(size).toString();
      case 0xc0:
        return Array.from({ length: number() }, () => this.read());
      case 0xc1:
        return new Map(Array.from({ length: number() / 2 }, () => [this.read(), this.read()] as const));
      case 0xe0: {
        const count = number();
        const elementCode = this.#byte();
        return Array.from({ length: count }, () => this.#value(elementCode));
      }
      default:
        throw new Error(`There is no type code 0x${code.toString(16)}`);
    }
  }

  #byte(): number {
    return this.#take(1).readUInt8();
  }

  #take(size: number): Buffer {
    this.position += size;
    if (this.position > this.#bytes.length) throw new Error('The bytes end within a value');
    return this.#bytes.subarray(this.position - size, this.position);
  }
}
