import { deepestNesting } from './json-content.ts';
import { type Layout, layoutOf } from './member-layout.ts';

/**
 * The canonical form (RFC 8785) of a member of the object that `json` is: its bytes there, or a copy of them if members are in
 * another order. Undefined if the object has no such member; or if more than an order keeps any of it from canonical form: white
 * space, a number or an escape that JSON.stringify would write otherwise, a name that stands twice, or very deep nesting.
 *
 * Where there is one, nothing of the text gets lost in the value that JSON.parse makes of it, and this value need not be written
 * again to be compared or hashed, which would take longer than to parse and hash it.
 *
 * @param json what JSON.parse takes, in UTF-8
 */
export function canonicalMember(json: Uint8Array, name: string): Uint8Array | undefined {
  return new CanonicalReader(json).member(`"${name}":`);
}

/** The canonical form of all of `json`, or undefined, as canonicalMember. */
export const canonicalForm = (json: Uint8Array): Uint8Array | undefined => new CanonicalReader(json).whole();

/**
 * Goes through JSON once. Its members are put in order where they are: however they are ordered, a value has as many bytes, so that
 * what is behind them stays in its place.
 */
class CanonicalReader {
  readonly #read: Buffer;
  /** A copy, once something was put in order. */
  #written: Buffer;
  /** Where the last object ends that was put in order. */
  #inOrderUntil = 0;
  #at = 0;
  #isOther = false;
  #nextBackslash = -1;
  /** Of the last object at each depth: that of the next one is the same, most of the time. */
  readonly #layouts: Layout[] = [];
  /** Where the members of those objects begin and end that are being read. It is never cut: to grow again would take as long. */
  readonly #places: number[] = [];
  #placesEnd = 0;

  constructor(json: Uint8Array) {
    this.#read = Buffer.from(json.buffer, json.byteOffset, json.byteLength);
    this.#written = this.#read;
  }

  whole(): Uint8Array | undefined {
    this.#value(1);
    return this.#isOther || this.#at !== this.#read.length ? undefined : this.#written;
  }

  member(quotedName: string): Uint8Array | undefined {
    if (this.#code() !== openingBrace) return undefined;
    const names = new Set<string>();
    let found: readonly [number, number] | undefined;
    do {
      this.#at += 1; // the brace or the comma
      const name = this.#name().toString('latin1');
      const start = this.#at;
      this.#value(1);
      if (this.#isOther || names.has(name)) return undefined;
      names.add(name);
      if (name === quotedName) found = [start, this.#at];
    } while (this.#code() === comma);
    const isEnd = this.#code() === closingBrace && this.#at === this.#read.length - 1;
    return isEnd && found !== undefined ? this.#written.subarray(...found) : undefined;
  }

  #value(depth: number): void {
    const code = this.#code();
    if (code === quote) this.#string();
    else if (code === openingBrace || code === openingBracket) {
      if (depth > deepestNesting) this.#isOther = true;
      else if (code === openingBrace) this.#object(depth);
      else this.#array(depth);
    } else if (code === minus || isDigit(code)) this.#number();
    else if (code === letterT || code === letterN) this.#at += 4;
    else if (code === letterF) this.#at += 5;
    else this.#isOther = true; // white space
  }

  #array(depth: number): void {
    this.#at += 1;
    while (this.#code() !== closingBracket && !this.#isOther) {
      this.#value(depth + 1);
      this.#separator(closingBracket);
    }
    this.#at += 1;
  }

  #object(depth: number): void {
    const first = this.#placesEnd;
    const expected = this.#layouts[depth];
    let names: Buffer[] | undefined = expected === undefined ? [] : undefined;
    let count = 0;
    this.#at += 1;
    for (; this.#code() !== closingBrace && !this.#isOther; count += 1) {
      this.#places[this.#placesEnd++] = this.#at;
      const name = expected?.names[count];
      if (names === undefined && name !== undefined && this.#isNext(name)) this.#at += name.length;
      else {
        names ??= expected?.names.slice(0, count) ?? [];
        names.push(this.#name());
      }
      this.#value(depth + 1);
      this.#places[this.#placesEnd++] = this.#at;
      this.#separator(closingBrace);
    }
    this.#at += 1;
    if (!this.#isOther && count > 0) {
      const layout =
        names === undefined && expected?.names.length === count ? expected : this.#newLayout(depth, names, count);
      if (layout !== undefined && !layout.isInOrder) this.#putInOrder(layout, first);
    }
    this.#placesEnd = first;
  }

  #newLayout(depth: number, names: readonly Buffer[] | undefined, count: number): Layout | undefined {
    const layout = layoutOf(names ?? this.#layouts[depth]?.names.slice(0, count) ?? []);
    if (layout === undefined) this.#isOther = true;
    else this.#layouts[depth] = layout;
    return layout;
  }

  #putInOrder({ order }: Layout, first: number): void {
    if (this.#written === this.#read) this.#written = Buffer.from(this.#read);
    const written = this.#written;
    const start = this.#places[first] ?? 0;
    // Where nothing within was put in order, they stand as they were read.
    const isAsRead = this.#inOrderUntil <= start;
    const members = isAsRead ? this.#read : Buffer.from(written.subarray(start, this.#at));
    const membersStart = isAsRead ? 0 : start;
    let to = start;
    for (const place of order) {
      if (to > start) written[to++] = comma;
      const from = (this.#places[first + 2 * place] ?? 0) - membersStart;
      const end = (this.#places[first + 2 * place + 1] ?? 0) - membersStart;
      if (end - from > mostByTurns) members.copy(written, to, from, end);
      else for (let at = from; at < end; at += 1) written[to + at - from] = members[at] ?? 0;
      to += end - from;
    }
    this.#inOrderUntil = this.#at;
  }

  #isNext(name: Buffer): boolean {
    const read = this.#read;
    const start = this.#at;
    for (let place = 0; place < name.length; place += 1) {
      if (read[start + place] !== name[place]) return false;
    }
    return true;
  }

  /** Reads a name, with its quotation marks and its colon. */
  #name(): Buffer {
    const start = this.#at;
    if (this.#code() === quote) this.#string();
    if (this.#code() !== colon) this.#isOther = true;
    this.#at += 1;
    return this.#read.subarray(start, this.#at);
  }

  #separator(end: number): void {
    const code = this.#code();
    if (code === comma) this.#at += 1;
    else if (code !== end) this.#isOther = true;
  }

  #string(): void {
    const read = this.#read;
    let at = this.#at + 1;
    for (const searchFrom = at + mostByTurns; at < searchFrom && !this.#isOther; ) {
      const code = read[at];
      if (code === backslash) {
        this.#at = at;
        this.#escape();
        at = this.#at;
      } else {
        at += 1;
        if (code === quote) {
          this.#at = at;
          return;
        }
      }
    }
    this.#at = at;
    while (!this.#isOther) {
      const end = this.#read.indexOf(quote, this.#at);
      if (this.#nextBackslash < this.#at) this.#nextBackslash = this.#indexOfBackslash();
      this.#at = Math.min(end, this.#nextBackslash);
      if (end < this.#nextBackslash) {
        this.#at += 1;
        return;
      }
      this.#escape();
    }
  }

  #indexOfBackslash(): number {
    const place = this.#read.indexOf(backslash, this.#at);
    return place < 0 ? this.#read.length : place;
  }

  #escape(): void {
    const [written] = canonicalEscape.exec(this.#read.toString('latin1', this.#at, this.#at + 6)) ?? [];
    if (written === undefined) this.#isOther = true;
    else this.#at += written.length;
  }

  #number(): void {
    const read = this.#read;
    const start = this.#at;
    let at = start;
    // A zero can stand before them only alone: otherwise it would not be JSON.
    while (isDigit(read[at])) at += 1;
    let last = 0;
    if (read[at] === dot && at > start && read[start] !== zero) {
      at += 1;
      while (isDigit(read[at])) at += 1;
      last = read[at - 1] ?? 0;
    }
    const isExact = last !== zero && at > start && at - start <= mostExactDigits;
    if (!isExact || !endsNumber(read[at])) {
      while (isInNumber(read[at])) at += 1;
      const written = read.toString('latin1', start, at);
      if (String(Number(written)) !== written) this.#isOther = true;
    }
    this.#at = at;
  }

  /** 0 behind the end. */
  #code(): number {
    return this.#read[this.#at] ?? 0;
  }
}

const isDigit = (code = 0): boolean => code >= zero && code <= 57;

const endsNumber = (code: number | undefined): boolean =>
  code === comma || code === closingBrace || code === closingBracket;

const isInNumber = (code: number | undefined): boolean =>
  isDigit(code) || code === minus || code === plus || code === dot || code === letterE || code === capitalE;

/** All decimal numbers of so many digits are told apart by a double. */
const mostExactDigits = 15;
/** From then on it is faster to search, or to copy, by what Node has for it. */
const mostByTurns = 32;

/** Source: RFC 8785, section 3.2.2.2. */
const canonicalEscape = /^\\(?:["\\bfnrt]|u00(?:0[0-7be-f]|1[0-9a-f]))/;

const quote = 34;
const plus = 43;
const comma = 44;
const minus = 45;
const dot = 46;
const zero = 48;
const colon = 58;
const capitalE = 69;
const openingBracket = 91;
const backslash = 92;
const closingBracket = 93;
const letterE = 101;
const letterF = 102;
const letterN = 110;
const letterT = 116;
const openingBrace = 123;
const closingBrace = 125;
