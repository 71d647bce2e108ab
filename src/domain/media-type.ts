/** `type/subtype` in lower case, without parameters. Source: RFC 9110, section 8.3.1: both are case-insensitive. */
export const essenceOf = (mediaType: string): string =>
  // Stryker disable next-line ConditionalExpression, StringLiteral: most have no parameters, and the same is found, but later.
  (mediaType.includes(';') ? mediaType.replace(/;.*/s, '') : mediaType).trim().toLowerCase();

/** Whether content of this type is JSON. Source of `+json`: RFC 6839, section 3.1. */
export function isJsonType(mediaType: string): boolean {
  const essence = essenceOf(mediaType);
  return essence === 'application/json' || essence.endsWith('+json');
}

/**
 * What a media type says, in one spelling: equal for two texts that mean the same. Case counts only in the values of
 * parameters, that of a charset excepted; quotation marks, blanks and the order of parameters do not count. JSON has no
 * charset, so that one that is given says nothing.
 *
 * Source: RFC 9110, sections 5.6.6, 8.3.1 and 8.3.2; RFC 8259, section 11.
 */
export function canonicalMediaType(mediaType: string): string {
  const essence = essenceOf(mediaType);
  const parameters = parametersOf(mediaType).filter(([name]) => name !== 'charset' || !isJsonType(mediaType));
  return [essence, ...parameters.map(([name, value]) => `${name}=${JSON.stringify(value)}`).sort()].join(';');
}

/** The charset that a media type names, in lower case. */
export const charsetOf = (mediaType: string): string | undefined =>
  parametersOf(mediaType).find(([name]) => name === 'charset')?.[1];

function parametersOf(mediaType: string): (readonly [name: string, value: string])[] {
  // Stryker disable next-line ConditionalExpression, StringLiteral: the same is found without it, but later.
  if (!mediaType.includes(';')) return [];
  // Stryker disable next-line StringLiteral: the name is in every match, and the token in every one without a quoted value.
  return Array.from(mediaType.matchAll(parameter), ([, spelled = '', quoted, token = '']) => {
    const name = spelled.toLowerCase();
    const value = quoted === undefined ? token : quoted.replaceAll(/\\(.)/gs, '$1');
    return [name, name === 'charset' ? value.toLowerCase() : value] as const;
  });
}

const parameter = /;[ \t]*([^;=" \t]+)=(?:"((?:[^"\\]|\\.)*)"|([^;" \t]*))/gs;
