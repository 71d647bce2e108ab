import { parseDuration } from './duration.ts';

/** Finds everything that is wrong in a configuration, each with the path to it, before anything is made of it. */
export class Problems {
  readonly #found: string[] = [];

  get found(): readonly string[] {
    return this.#found;
  }

  add(path: string, what: string): undefined {
    this.#found.push(path === '' ? what : `${path}: ${what}`);
    return undefined;
  }
}

/** A JSON object under inspection: its members are found whatever their case, as the official emulator finds them. */
export class Section {
  readonly path: string;
  readonly #problems: Problems;
  readonly #members = new Map<string, { readonly name: string; readonly value: unknown }>();

  /** An empty section, with the problem noted, if the value is not an object. */
  constructor(value: unknown, path: string, problems: Problems) {
    this.path = path;
    this.#problems = problems;
    if (value === undefined || value === null) return;
    if (typeof value !== 'object' || Array.isArray(value)) {
      problems.add(path, `It must be an object, and is ${show(value)}.`);
      return;
    }
    for (const [name, member] of Object.entries(value)) {
      this.#members.set(name.toLowerCase(), { name, value: member });
    }
  }

  section(name: string): Section {
    return new Section(this.#take(name), this.#pathOf(name), this.#problems);
  }

  /** The elements of an array; none if it is not there. */
  sections(name: string): readonly Section[] {
    const value = this.#take(name) ?? [];
    if (Array.isArray(value)) {
      return value.map((element, place) => new Section(element, `${this.#pathOf(name)}[${place}]`, this.#problems));
    }
    this.problem(name, `It must be an array, and is ${show(value)}.`);
    return [];
  }

  text(name: string): string | undefined {
    const value = this.#take(name);
    if (value === undefined || value === null || typeof value === 'string') return value ?? undefined;
    return this.problem(name, `It must be a text, and is ${show(value)}.`);
  }

  boolean(name: string): boolean | undefined {
    const value = this.#take(name);
    if (value === undefined || value === null || typeof value === 'boolean') return value ?? undefined;
    return this.problem(name, `It must be true or false, and is ${show(value)}.`);
  }

  /** An object of texts, numbers and truth values, whose names are whatever they are. */
  scalars(name: string): Readonly<Record<string, Scalar>> {
    const value = this.#take(name) ?? {};
    if (typeof value !== 'object' || Array.isArray(value)) {
      this.problem(name, `It must be an object, and is ${show(value)}.`);
      return {};
    }
    for (const [member, scalar] of Object.entries(value)) {
      if (isScalar(scalar)) continue;
      this.problem(`${name}.${member}`, `It must be a text, a number, true or false, and is ${show(scalar)}.`);
    }
    return value as Readonly<Record<string, Scalar>>;
  }

  integer(name: string, least: number, most: number): number | undefined {
    const value = this.#take(name);
    if (value === undefined || value === null) return undefined;
    if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) return Number(value);
    return this.problem(name, `It must be a whole number from ${least} to ${most}, and is ${show(value)}.`);
  }

  /** In milliseconds. */
  duration(name: string, limits: { readonly least: string; readonly most?: string }): number | undefined {
    const value = this.#take(name);
    if (value === undefined || value === null) return undefined;
    const ms = typeof value === 'string' ? parseDuration(value) : undefined;
    const { least, most } = limits;
    const isWithin = ms !== undefined && ms >= msOf(least) && (most === undefined || ms <= msOf(most));
    if (isWithin) return ms;
    const range = most === undefined ? `of at least ${least}` : `from ${least} to ${most}`;
    return this.problem(name, `It must be a duration ${range} such as "PT1M", and is ${show(value)}.`);
  }

  /** Whether there is a member of this name, even an empty one. */
  has(name: string): boolean {
    return (this.#members.get(name.toLowerCase())?.value ?? null) !== null;
  }

  problem(name: string, what: string): undefined {
    return this.#problems.add(this.#pathOf(name), what);
  }

  /** Notes every member that nobody asked for: a misspelt one would otherwise be without effect, and without a word. */
  end(): void {
    for (const { name } of this.#members.values()) this.problem(name, 'There is no such property.');
  }

  #take(name: string): unknown {
    const key = name.toLowerCase();
    const value = this.#members.get(key)?.value;
    this.#members.delete(key);
    return value;
  }

  #pathOf(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }
}

type Scalar = string | number | boolean;
const isScalar = (value: unknown): value is Scalar => ['string', 'number', 'boolean'].includes(typeof value);
const msOf = (duration: string): number => parseDuration(duration) ?? 0;
const show = (value: unknown): string => JSON.stringify(value) ?? String(value);
