/**
 * `text` with all that looks like a secret cut out of it: what follows `Key=`, `sig=`, `Signature=` and their like in
 * connection strings, URLs and JSON; the user of a URL; tokens.
 *
 * Everything that is logged, stored as an error or answered goes through this: an SDK, a proxy or a handler may have put a
 * connection string into its message.
 */
export const withoutSecrets = (text: string): string =>
  hint.test(text) ? secrets.reduce((cut, [pattern, replacement]) => cut.replace(pattern, replacement), text) : text;

export const holdsSecret = (text: string): boolean => withoutSecrets(text) !== text;

/** What every secret has in or before it: most texts have none of it, and need not be looked through seven times. */
const hint = /key|sig|secret|password|pwd|token|code=|@|Bearer|Basic|eyJ/i;

/** The ends of their names; what comes before does not matter, and looking for it would take time in a long text. */
const names = '(?:key|sig|signature|secret|password|pwd|sastoken|accesstoken)';

const secrets: readonly (readonly [RegExp, string])[] = [
  // A connection string or a query: AccountKey=…;  &sig=…  and both with their "=" encoded, once or twice.
  [new RegExp(String.raw`(${names})(=|%(?:25)*3D)(?!…)[^\s;&"'<>,\\]+`, 'gi'), '$1$2…'],
  // The same as members of JSON, also of JSON in a text.
  [new RegExp(String.raw`(${names}\\?"\s{0,9}:\s{0,9}\\?")(?!…)[^"\\]+`, 'gi'), '$1…'],
  [/([?&]code=)(?!…)[^\s&"'<>]+/gi, '$1…'],
  // https://user:password@host
  [/(:[/][/])(?!…)[^\s/@"'<>]{1,500}@/g, '$1…@'],
  [/\b(Bearer|Basic) (?!…)(?=\S{0,60}[\d.=])[\w.~+/=-]{8,}/gi, '$1 …'],
  [/\b(SharedKey) [\w-]{1,50}:(?!…)[\w+/=]+/gi, '$1 …'],
  // A JSON Web Token. Source: RFC 7519, section 3.1: an object's first characters, in Base64.
  [/\beyJ[\w-]{8,2000}\.[\w-]+(?:\.[\w-]*)?/g, '…'],
];
