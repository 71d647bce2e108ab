import { RuleError } from './tokens.ts';

/** The units of a pattern: what stands there, one of any kind, or any number of any kind. */
type Unit = string | typeof one | typeof many;
const one = Symbol('_');
const many = Symbol('%');

/** What a pattern of LIKE matches. Not a regular expression: no pattern makes it take longer than text times pattern. */
export function likePattern(pattern: string, escapeCharacter: string | undefined): (text: string) => boolean {
  const units = unitsOf(pattern, escapeCharacter);
  return (text) => matches(text, units);
}

function unitsOf(pattern: string, escapeCharacter: string | undefined): readonly Unit[] {
  if (escapeCharacter !== undefined && escapeCharacter.length !== 1)
    throw new RuleError(`ESCAPE '${escapeCharacter}' is not one character.`);
  const units: Unit[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const unit = pattern.charAt(at);
    if (unit === escapeCharacter) {
      at += 1;
      if (at === pattern.length) throw new RuleError(`The pattern '${pattern}' ends with its escape character.`);
      units.push(pattern.charAt(at));
    } else {
      units.push(unit === '%' ? many : unit === '_' ? one : unit);
    }
  }
  return units;
}

function matches(text: string, units: readonly Unit[]): boolean {
  let at = 0;
  let place = 0;
  // Where to go on if what follows the last "%" does not fit: that one takes one more.
  let retry: { readonly place: number; at: number } | undefined;
  while (at < text.length) {
    const unit = units[place];
    if (unit === many) {
      retry = { place: place + 1, at };
      place += 1;
    } else if (unit === one || unit === text.charAt(at)) {
      place += 1;
      at += 1;
    } else if (retry === undefined) {
      return false;
    } else {
      retry.at += 1;
      at = retry.at;
      place = retry.place;
    }
  }
  return units.slice(place).every((unit) => unit === many);
}
