import type { MessageIdProblem } from '../../domain/message-id.ts';

/**
 * The text of a message ID as the SDK decoded it, which is what the .NET client, and so the Functions host, shows of it: a
 * string as it is, an unsigned long in digits, a UUID in its 36 characters. Undefined if there is none.
 *
 * The SDK hands out three kinds of ID as bytes, without saying which: a UUID, a long that no double can hold, and binary. They
 * are slices of the received message, in which the byte before a fixed-width value is the code of its type; before binary it
 * is the last byte of the length. Where the bytes are not a slice of a message, they are taken for binary.
 *
 * Source: OASIS AMQP 1.0, part 1, section 1.6 (type codes) and part 3, section 3.2.4 (message-id).
 */
export function messageIdText(id: unknown): string | MessageIdProblem | undefined {
  if (typeof id === 'string') return id;
  if (id === undefined || id === null) return undefined;
  if (typeof id === 'number') return numberText(id);
  if (!(id instanceof Uint8Array)) return { problem: 'is of a type that AMQP does not allow for it.' };
  const value = bytesAsSent(id);
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' && value >= 0n) return String(value);
  return { problem: 'is binary. Only a text, an unsigned long or a UUID can be told apart in every host.' };
}

/** What the SDK decoded to bytes: the text of a UUID, an integer of 64 bits, or bytes. How the three are told apart: see above. */
export function bytesAsSent(given: Uint8Array): string | bigint | Uint8Array {
  const code = new Uint8Array(given.buffer)[given.byteOffset - 1];
  const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
  if (code === typeCode.uuid && bytes.length === 16) return uuidText(bytes);
  if (code === typeCode.ulong && bytes.length === 8) return bytes.readBigUInt64BE();
  if (code === typeCode.long && bytes.length === 8) return bytes.readBigInt64BE();
  return given;
}

const typeCode = { ulong: 0x80, long: 0x81, uuid: 0x98 };

/** The SDK rounds some unsigned longs just above 2^53: the ID that was sent cannot be told. */
function numberText(id: number): string | MessageIdProblem {
  if (Number.isSafeInteger(id) && id >= 0) return String(id);
  return { problem: 'is a number that JavaScript cannot hold exactly.' };
}

const uuidText = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
