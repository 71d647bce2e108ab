import canonicalize from 'canonicalize';
import { isSafeNumber, parse as parseStrictly } from 'lossless-json';
import type { Content } from '../../domain/message.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * JSON text as content: the value if nothing of the text gets lost in it but white space, else the bytes as they came. A
 * number that a double cannot hold, a key that stands twice, a lone surrogate or very deep nesting would not survive.
 *
 * @throws SyntaxError if the bytes are not JSON in UTF-8 (RFC 8259).
 */
export function jsonContent(bytes: Uint8Array): Content {
  const text = decodeUtf8(bytes);
  const value: unknown = JSON.parse(text);
  return survivesParsing(text, value) ? { kind: 'json', value } : { kind: 'binary', bytes };
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new SyntaxError('The text is not UTF-8.');
  }
}

function survivesParsing(text: string, value: unknown): boolean {
  try {
    parseStrictly(text, null, { parseNumber: exactNumber, onDuplicateKey: refuse });
    canonicalize(value); // refuses lone surrogates
    return depthOf(value) <= deepest;
  } catch {
    return false; // lossy, or nested deeper than the stack
  }
}

/** Whoever reads or writes the value later may have less of a stack left than is left here. */
const deepest = 1000;

function depthOf(value: unknown): number {
  let depth = 0;
  for (let level: readonly unknown[] = [value]; level.length > 0 && depth <= deepest; depth += 1) {
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
  }
  return depth;
}

function exactNumber(digits: string): number {
  const value = Number(digits);
  // JSON.stringify writes the negative zero as 0.
  return isSafeNumber(digits) && !Object.is(value, -0) ? value : refuse();
}

function refuse(): never {
  throw new SyntaxError('A JavaScript value cannot hold this.');
}
