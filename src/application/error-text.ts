import { withoutSecrets } from './without-secrets.ts';

const longestErrorText = 2000;

/** What was thrown, as a text to keep and show: name and message of an error, and of anything else its text. No secrets. */
export function errorText(thrown: unknown): string {
  // Cut first, so that megabytes cost little, but well behind the final end: half a secret would not look like one.
  return withoutSecrets(textOf(thrown).slice(0, 2 * longestErrorText))
    .slice(0, longestErrorText)
    .toWellFormed();
}

function textOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  } catch {
    return `an ${typeof thrown} that has no text`; // no prototype, or a getter that throws itself
  }
}

/** What was thrown, as an Error: a host can mistake anything else for success, above all `undefined`. */
export const asError = (thrown: unknown): Error =>
  thrown instanceof Error
    ? thrown
    : new Error(`The handler threw ${errorText(thrown)}, which is not an Error.`, { cause: thrown });
