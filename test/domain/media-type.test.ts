import { describe, expect, it } from 'vitest';
import { canonicalMediaType, charsetOf, essenceOf, isJsonType } from '../../src/domain/media-type.ts';

describe('essenceOf', () => {
  it.each([
    ['application/json', 'application/json'],
    [' Application/JSON ; charset=utf-8; a=b', 'application/json'],
    ['text/plain;a="\n;"', 'text/plain'],
    ['', ''],
  ])('of %j is %j', (mediaType, essence) => expect(essenceOf(mediaType)).toBe(essence));
});

describe('isJsonType', () => {
  it.each(['application/json', 'APPLICATION/JSON;charset=utf-8', 'application/vnd.order+json', 'image/x+JSON ; a=b'])(
    'takes %j for JSON',
    (mediaType) => expect(isJsonType(mediaType)).toBe(true),
  );

  it.each([
    '',
    'text/plain',
    'text/json',
    'application/json-seq',
    'application/x+json2',
    'text/plain;a=application/json',
  ])('does not take %j for JSON', (mediaType) => expect(isJsonType(mediaType)).toBe(false));
});

describe('canonicalMediaType', () => {
  it.each([
    ['case of the type', 'Text/Plain', 'text/plain'],
    ['case of the name of a parameter', 'text/plain;Format=flowed', 'text/plain;format=flowed'],
    ['case of a charset', 'text/plain;charset=UTF-8', 'text/plain;charset=utf-8'],
    ['case of a charset in quotation marks', 'text/plain;CHARSET="UTF-8"', 'text/plain;charset=utf-8'],
    ['quotation marks', 'text/plain;format="flowed"', 'text/plain;format=flowed'],
    ['a quoted pair that need not be one', 'text/plain;a="b\\c; d"', 'text/plain;a="bc; d"'],
    ['blanks', ' text/plain ; \tformat=flowed ; delsp=yes ', 'text/plain;format=flowed;delsp=yes'],
    ['the order of parameters', 'text/plain;b=2;a=1', 'text/plain;a=1;b=2'],
    ['a charset of JSON', 'application/json; charset=utf-8', 'application/json'],
    [
      'a charset of what is written in JSON',
      'application/vnd.order+json; v=1; charset=utf-8',
      'application/vnd.order+json;v=1',
    ],
  ])('is the same whatever %s', (_, one, other) => expect(canonicalMediaType(one)).toBe(canonicalMediaType(other)));

  it.each([
    ['another type', 'text/plain', 'text/html'],
    ['a parameter', 'text/plain', 'text/plain;format=flowed'],
    ['the name of a parameter', 'text/plain;a=1', 'text/plain;b=1'],
    ['the value of a parameter', 'text/plain;a=1', 'text/plain;a=2'],
    ['case in a value', 'multipart/mixed;boundary=a', 'multipart/mixed;boundary=A'],
    ['another charset', 'text/plain;charset=utf-8', 'text/plain;charset=utf-16'],
    ['a parameter of JSON that is no charset', 'application/json', 'application/json;profile=x'],
    ['a quotation mark in a value', 'text/plain;a="b\\"c"', 'text/plain;a=bc'],
    ['what stands between quotation marks', 'text/plain;a="b;c=d"', 'text/plain;a=b;c=d'],
    ['a blank in a value', 'text/plain;a="b c"', 'text/plain;a=bc'],
    ['a line break in a value', 'text/plain;a="b\n"', 'text/plain;a=b'],
    ['a quoted line break in a value', 'text/plain;a="\\\n"', 'text/plain;a=""'],
    ['how two values are parted', 'text/plain;a="1;b=2"', 'text/plain;a=1;b=2'],
  ])('is different with %s', (_, one, other) => expect(canonicalMediaType(one)).not.toBe(canonicalMediaType(other)));

  it('has what fingerprints are made of: each value as a JSON text, in the order of the alphabet', () =>
    expect(canonicalMediaType('Multipart/Mixed; Boundary="a \\"b\\""; CHARSET=UTF-8; a=')).toBe(
      'multipart/mixed;a="";boundary="a \\"b\\"";charset="utf-8"',
    ));
});

describe('charsetOf', () => {
  it.each([
    ['text/plain;charset=UTF-8', 'utf-8'],
    ['text/plain; format=flowed; CharSet="ISO-8859-1"', 'iso-8859-1'],
    ['application/json; charset=utf-16', 'utf-16'],
  ])('of %j is %s', (mediaType, charset) => expect(charsetOf(mediaType)).toBe(charset));

  it.each(['', 'text/plain', 'text/plain;a="charset=utf-8"', 'text/plain;xcharset=utf-8'])(
    'is none of %j',
    (mediaType) => expect(charsetOf(mediaType)).toBeUndefined(),
  );
});
