import { UnstorableResultError } from '../../domain/step-errors.ts';
import { utf8Length } from '../../domain/utf8-length.ts';

/** The most that one result may take in a lock, in bytes of its JSON text. */
const largestResultBytes = 64 * 1024;

/**
 * What work or a step returned, as the JSON text that its lock keeps; null if it returned nothing.
 *
 * @throws UnstorableResultError if it is not JSON, or too large. `what` says whose result it is.
 */
export function resultText(what: string, result: unknown): string | null {
  let text: string | undefined;
  try {
    text = JSON.stringify(result);
  } catch (cause) {
    throw new UnstorableResultError(`What ${what} returned cannot be kept as JSON. Return plain data, or nothing.`, {
      cause,
    });
  }
  const lost = lostPart(result, 'it');
  if (lost !== undefined) {
    throw new UnstorableResultError(
      `What ${what} returned cannot be kept as JSON: ${lost}. Return plain data: texts, finite numbers, booleans, null, and arrays and objects of these.`,
    );
  }
  if (text === undefined) return null;
  const bytes = utf8Length(text);
  if (bytes > largestResultBytes) {
    throw new UnstorableResultError(
      `What ${what} returned has ${bytes} bytes as JSON, but a lock keeps at most ${largestResultBytes} for one result. ` +
        'Store it elsewhere, and return where.',
    );
  }
  return text;
}

/** What a stored text was made of; undefined if nothing was returned. */
export const resultValue = (text: string | null): unknown => (text === null ? undefined : JSON.parse(text));

/**
 * What of a value JSON would lose without a word, as "it.items[2] is a Map"; undefined if nothing is. The value is known to
 * have a JSON text, and so neither leads back to itself nor is too deep.
 */
function lostPart(value: unknown, place: string): string | undefined {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? undefined : `${place} is ${value}`;
    case 'function':
    case 'symbol':
      return `${place} is a ${typeof value}`;
    case 'object':
      return value === null ? undefined : lostInObject(value, place);
    default:
      return undefined;
  }
}

function lostInObject(value: object, place: string): string | undefined {
  // A Buffer's JSON is an object of numbers, which nobody would take for bytes.
  if (ArrayBuffer.isView(value)) return `${place} is ${kindOf(value)}`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? `${place} is an invalid Date` : undefined;
  if ('toJSON' in value && typeof value.toJSON === 'function') return undefined; // it says itself what is to be kept
  if ('then' in value && typeof value.then === 'function') return `${place} is a promise that was not awaited`;
  if (Array.isArray(value)) {
    return firstOf(value, (item, index) =>
      item === undefined ? `${place}[${index}] is undefined` : lostPart(item, `${place}[${index}]`),
    );
  }
  const isEmptyInstance = !isPlain(value) && Object.keys(value).length === 0;
  if (isEmptyInstance || value instanceof Error) return `${place} is ${kindOf(value)}`;
  return firstOf(Object.entries(value), ([name, member]) => lostPart(member, `${place}.${name}`));
}

function firstOf<Item>(
  items: readonly Item[],
  lostIn: (item: Item, index: number) => string | undefined,
): string | undefined {
  for (let index = 0; index < items.length; index += 1) {
    const lost = lostIn(items[index] as Item, index);
    if (lost !== undefined) return lost;
  }
  return undefined;
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

const kindOf = (value: object): string => {
  const name = value.constructor?.name || 'object';
  return `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`;
};
