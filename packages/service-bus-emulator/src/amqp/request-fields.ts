import type { Typed } from 'rhea';
import { uuidText } from './lock-token.ts';
import { plain } from './plain.ts';

/** A request's fields by name, each with its AMQP type. */
export type RequestFields = Readonly<Record<string, Typed>>;

export const lockTokensIn = (fields: RequestFields): readonly string[] =>
  listIn(fields, 'lock-tokens').map((token) => uuidText(token as Buffer));

export const sequenceNumbersIn = (fields: RequestFields): readonly number[] =>
  listIn(fields, 'sequence-numbers').map(numberOf);

export const numberIn = (fields: RequestFields, name: string): number => numberOf(plain(fields[name]));

/** `undefined` if it is absent or null. */
export function textIn(fields: RequestFields, name: string): string | undefined {
  const text = plain(fields[name]) ?? undefined;
  if (text !== undefined && typeof text !== 'string') throw new Error(`its ${name} is not a string`);
  return text;
}

/** An array, or a list as some clients have it. */
function listIn(fields: RequestFields, name: string): readonly unknown[] {
  const list = plain(fields[name]);
  if (!Array.isArray(list)) throw new Error(`it has no ${name}`);
  return list;
}

/** rhea hands out a long that a number cannot hold as its eight bytes. No message has such a sequence number. */
const numberOf = (long: unknown): number =>
  Buffer.isBuffer(long) ? Number(long.readBigInt64BE()) : Number(long instanceof Date ? long.getTime() : long);
