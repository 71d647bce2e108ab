import { describe, expect, it } from 'vitest';
import { jsonContent } from '../../../src/adapters/cloud-events/json-content.ts';

const problemWith = (content: string | Uint8Array): string => {
  try {
    jsonContent(Buffer.from(content));
    return 'none';
  } catch (error) {
    return error instanceof SyntaxError ? error.message : `not a SyntaxError: ${error}`;
  }
};

describe('Text that is not JSON', () => {
  it.each([
    ['{"a":}', 'It is not JSON at position 5 (line 1, column 6).'],
    ['{"a":1}x', 'It is not JSON at position 7 (line 1, column 8).'],
    ['[1,\n  2,\n  x]', 'It is not JSON at position 11 (line 3, column 3).'],
    ["{'a':1}", 'It is not JSON at position 1 (line 1, column 2).'],
    ['{"a":', 'It is not JSON at its end, position 5 (line 1, column 6).'],
    ['', 'It is not JSON at its end, position 0 (line 1, column 1).'],
    ['"abc', 'It is not JSON at its end, position 4 (line 1, column 5).'],
  ])('%j is refused with the place, and without its content', (text, problem) => {
    expect(problemWith(text)).toBe(problem);
  });

  it('is refused with the place also behind a key that stands twice', () => {
    expect(problemWith('{"a":1,"a":2,}')).toBe('It is not JSON at position 13 (line 1, column 14).');
  });

  it('is refused when it is nested deeper than the stack', () => {
    expect(problemWith('['.repeat(2_000_000))).toMatch(/^It is not JSON /);
  });

  it('is refused with the first byte that is not UTF-8', () => {
    expect(problemWith(Buffer.from([0x22, 0xc3, 0xa9, 0xff, 0x22]))).toBe('It is not UTF-8 at byte 3, counted from 0.');
    expect(problemWith(Buffer.from([0x22, 0x61, 0xc3]))).toBe('It is not UTF-8 at byte 3, counted from 0.');
  });
});
