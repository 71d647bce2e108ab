/** How many bytes `text`, which must be well-formed, has in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  // Stryker disable next-line EqualityOperator: past the end there is no unit, and NaN is greater than nothing.
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    // Two units of a surrogate pair are four bytes, so that each of them adds one.
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return bytes;
}
