import { parse } from 'lossless-json';

/** Where `text`, which is not JSON, stops being JSON: "at position 5 (line 1, column 6)". Nothing of the text is in it. */
export function jsonErrorPlace(text: string): string {
  const position = errorPosition(text);
  if (position === undefined) return 'at a place that cannot be told';
  const before = text.slice(0, position);
  const line = before.split('\n').length;
  const place = `position ${position} (line ${line}, column ${position - before.lastIndexOf('\n')})`;
  return position >= text.length ? `at its end, ${place}` : `at ${place}`;
}

/** By the second parser: the errors of JSON.parse name a position or not, as the error has it. */
function errorPosition(text: string): number | undefined {
  try {
    parse(text, null, { onDuplicateKey: ({ newValue }) => newValue });
    return undefined;
  } catch (error) {
    const found = error instanceof SyntaxError ? / at position (\d+)$/.exec(error.message)?.[1] : undefined;
    return found === undefined ? undefined : Number(found); // a RangeError: nested deeper than the stack
  }
}

/** How many bytes come before the first that cannot be UTF-8. */
export function utf8ErrorOffset(bytes: Uint8Array): number {
  let [good, bad] = [0, bytes.length];
  while (good < bad) {
    const middle = Math.floor((good + bad) / 2);
    if (isStartOfUtf8(bytes.subarray(0, middle + 1))) good = middle + 1;
    else bad = middle;
  }
  return good;
}

function isStartOfUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
