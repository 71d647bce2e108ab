import type { Typed } from 'rhea';

/** The type codes of maps. Source: AMQP 1.0 part 1, section 1.6.23. */
const mapCodes = new Set([0xc1, 0xd1]);

/** A value without its AMQP types, at any depth: maps as objects, lists and arrays as arrays. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isTyped(value)) return value;
  if (!isMap(value)) return plain(value.value);
  return Object.fromEntries(Object.entries(typedFields(value)).map(([name, field]) => [name, plain(field)]));
}

/** The fields of a map, each with its AMQP type. Of anything else: none. */
export function typedFields(map: Typed | undefined): Readonly<Record<string, Typed>> {
  if (!isTyped(map) || !isMap(map)) return {};
  const items: readonly Typed[] = map.value;
  return Object.fromEntries(
    items.flatMap((name, place) => {
      const value = items[place + 1];
      return place % 2 === 0 && value !== undefined ? [[String(name.value), value]] : [];
    }),
  );
}

const isTyped = (value: unknown): value is Typed =>
  typeof value === 'object' && value !== null && 'type' in value && 'value' in value;

const isMap = ({ type }: Typed): boolean => mapCodes.has(type.typecode);
