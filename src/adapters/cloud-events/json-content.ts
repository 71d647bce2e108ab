import canonicalize from 'canonicalize';
import { isSafeNumber, parse as parseStrictly } from 'lossless-json';
import type { Content } from '../../domain/message.ts';
import { jsonErrorPlace, utf8ErrorOffset } from './json-position.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * JSON text as content: the value if nothing of the text gets lost in it but white space, else the bytes as they came. A
 * number that a double cannot hold, a key that stands twice, a lone surrogate or very deep nesting would not survive.
 *
 * @throws SyntaxError if the bytes are not JSON in UTF-8 (RFC 8259). Its message says where, and quotes nothing.
 */
export function jsonContent(bytes: Uint8Array): Content {
  const text = decodeUtf8(bytes);
  const value = parsed(text);
  const survives = isWrittenAlike(text, value) || survivesParsing(text, value);
  return survives && !isTooDeep(value) ? { kind: 'json', value } : { kind: 'binary', bytes };
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new SyntaxError(`It is not UTF-8 at byte ${utf8ErrorOffset(bytes)}, counted from 0.`);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SyntaxError(`It is not JSON ${jsonErrorPlace(text)}.`);
  }
}

function survivesParsing(text: string, value: unknown): boolean {
  try {
    parseStrictly(text, null, { parseNumber: exactNumber, onDuplicateKey: refuse });
    canonicalize(value); // refuses lone surrogates
    return true;
  } catch {
    return false; // lossy, or nested deeper than the stack
  }
}

/**
 * Whether the value, written again, is the text: then nothing of it got lost. For the many texts without white space that is a
 * fraction of the cost of a second parser. It does not notice a lone surrogate, which does not survive all the same.
 */
export function isWrittenAlike(text: string, value: unknown): boolean {
  try {
    return !text.includes('\\u') && JSON.stringify(value) === text;
  } catch {
    return false; // nested deeper than the stack
  }
}

/** How deep arrays and objects may be nested: whoever reads or writes a value later may have less of a stack left. */
export const deepestNesting = 1000;

/** Whether `value`, made of JSON, is nested deeper than that. */
export function isTooDeep(value: unknown, levels: number = deepestNesting): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((each) => isTooDeep(each, levels - 1));
}

function exactNumber(digits: string): number {
  const value = Number(digits);
  // JSON.stringify writes the negative zero as 0.
  return isSafeNumber(digits) && !Object.is(value, -0) ? value : refuse();
}

function refuse(): never {
  throw new SyntaxError('A JavaScript value cannot hold this.');
}
