/** The names of the members of an object, and the order in which they are to be. */
export interface Layout {
  /** As they are written, with quotation marks and colon. */
  readonly names: readonly Buffer[];
  /** The places of the members in the order of their names by UTF-16 code units. Source: RFC 8785, section 3.2.3. */
  readonly order: readonly number[];
  readonly isInOrder: boolean;
}

/** Undefined if a name stands twice. */
export function layoutOf(names: readonly Buffer[]): Layout | undefined {
  const keys = names.map((name): string => JSON.parse(name.toString('utf8', 0, name.length - 1)));
  if (new Set(keys).size < keys.length) return undefined;
  const order = [...keys.keys()].sort((one, other) => ((keys[one] ?? '') < (keys[other] ?? '') ? -1 : 1));
  return { names, order, isInOrder: order.every((place, index) => place === index) };
}
