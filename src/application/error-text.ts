const longestErrorText = 2000;

/** What was thrown, as a text to keep and show: name and message of an error, and of anything else its text. */
export function errorText(thrown: unknown): string {
  const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return text.slice(0, longestErrorText).toWellFormed();
}

/** What was thrown, as an Error: a host can take anything else for success, `undefined` above all. */
export const asError = (thrown: unknown): Error =>
  thrown instanceof Error
    ? thrown
    : new Error(`The handler threw ${errorText(thrown)}, which is no Error.`, { cause: thrown });
