/**
 * `text` with all that looks like a secret cut out of it: what follows `Key=`, `sig=`, `Signature=` and their like in
 * connection strings, URLs and JSON; the user of a URL; tokens.
 *
 * Everything that is logged, stored as an error or answered goes through this: an SDK, a proxy or a handler may have put a
 * connection string into its message.
 */
export const withoutSecrets = (text: string): string =>
  secrets.reduce((cut, [pattern, replacement]) => cut.replace(pattern, replacement), text);

export const holdsSecret = (text: string): boolean => withoutSecrets(text) !== text;

const names = String.raw`[\w-]*(?:key|sig|signature|secret|password|pwd|sastoken|accesstoken)`;

const secrets: readonly (readonly [RegExp, string])[] = [
  // A connection string or a query: AccountKey=…;  &sig=…  and both with their "=" encoded.
  [new RegExp(String.raw`\b(${names})(=|%3D)(?!…)[^\s;&"'<>,\\]+`, 'gi'), '$1$2…'],
  // The same as members of JSON.
  [new RegExp(String.raw`(\\?"${names}\\?"\s*:\s*\\?")(?!…)[^"\\]+`, 'gi'), '$1…'],
  [/([?&]code=)(?!…)[^\s&"'<>]+/gi, '$1…'],
  // https://user:password@host
  [/(:[/][/])(?!…)[^\s/@"'<>]+@/g, '$1…@'],
  [/\b(Bearer|Basic)\s+(?!…)[\w.~+/=-]{8,}/gi, '$1 …'],
  [/\b(SharedKey)\s+[\w-]+:(?!…)[\w+/=]+/gi, '$1 …'],
  // A JSON Web Token. Source: RFC 7519, section 3.1: an object's first characters, in Base64.
  [/\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g, '…'],
];
