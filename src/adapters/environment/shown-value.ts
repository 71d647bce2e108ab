import { holdsSecret } from '../../application/without-secrets.ts';

/**
 * A setting's bad value as a problem may show it. What can be a key stays hidden, also in a setting that has no business with
 * keys: a connection string is easily pasted into the wrong one.
 */
export function shownValue(value: string): string {
  if (value.length > longest || holdsSecret(value) || looksRandom.test(value)) {
    return `a text of ${value.length} characters that is not shown`;
  }
  return JSON.stringify(value);
}

const longest = 60;

/** Keys and signatures in Base64, also of URLs: a long run in which lower case, upper case and digits are mixed. */
const looksRandom = /(?=[\w+/%-]*[a-z])(?=[\w+/%-]*[A-Z])(?=[\w+/%-]*\d)[\w+/%-]{20,}/;
