import type { IncomingHttpHeaders } from 'node:http';
import type { HttpHeaders } from '@azure/core-rest-pipeline';

/**
 * Headers in an object, by lower-case name, for the policies of the SDK's library. Its own have each value cleaned as it is set,
 * and copied as it is sent. Nothing is cleaned here: what is set must be one line without blanks around it.
 */
export class PlainHeaders implements HttpHeaders {
  readonly #values: Record<string, string>;

  /** @param values by lower-case name. They become these headers' own. Of one that came several times there is a list. */
  constructor(values: IncomingHttpHeaders | Record<string, string>) {
    this.#values = values as Record<string, string>;
  }

  get(name: string): string | undefined {
    const value: string | string[] | undefined = this.#values[name.toLowerCase()];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  set(name: string, value: string | number | boolean): void {
    this.#values[name.toLowerCase()] = String(value);
  }

  delete(name: string): void {
    delete this.#values[name.toLowerCase()];
  }

  /** The object itself, whose names are in lower case whatever is asked for. */
  toJSON(): Record<string, string> {
    return this.#values;
  }

  [Symbol.iterator](): Iterator<[string, string]> {
    return Object.entries(this.#values)[Symbol.iterator]();
  }
}
