/**
 * A media type with its parameters, as a `Content-Type` header has it. ASCII alone: the content type goes on in an event, a
 * log and a header of the store, and not all of them would take anything else.
 *
 * Source: RFC 9110, sections 5.6.2, 5.6.4, 5.6.6 and 8.3.1.
 */
export const isMediaType = (value: string): boolean => value.length <= longestMediaType && mediaType.test(value);

/** Longer than any that is registered, boundaries and profiles included. */
const longestMediaType = 500;

const token = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const quotedString = '"(?:[\\t \\x21\\x23-\\x5b\\x5d-\\x7e]|\\\\[\\t\\x20-\\x7e])*"';
// Every blank can be read in one way only: a hostile value takes no longer than another.
const parameter = `${token}=(?:${token}|${quotedString})[ \\t]*`;
const mediaType = new RegExp(`^${token}/${token}[ \\t]*(?:;[ \\t]*(?:${parameter})?)*$`);
