import { UnstorableResultError } from '../../domain/step-errors.ts';
import { utf8Length } from '../../domain/utf8-length.ts';

/** The most that one result may take in a lock, in bytes of its JSON text. */
const largestResultBytes = 64 * 1024;

/**
 * What work or a step returned, as the JSON text that its lock keeps; null if it returned nothing.
 *
 * @throws UnstorableResultError if it is not JSON, or too large. `what` says whose result it is.
 */
export function resultText(what: string, result: unknown): string | null {
  let text: string | undefined;
  try {
    text = JSON.stringify(result);
  } catch (cause) {
    throw new UnstorableResultError(`What ${what} returned cannot be kept as JSON. Return plain data, or nothing.`, {
      cause,
    });
  }
  if (text === undefined) return null;
  const bytes = utf8Length(text);
  if (bytes > largestResultBytes) {
    throw new UnstorableResultError(
      `What ${what} returned has ${bytes} bytes as JSON, but a lock keeps at most ${largestResultBytes} for one result. ` +
        'Store it elsewhere, and return where.',
    );
  }
  return text;
}

/** What a stored text was made of; undefined if nothing was returned. */
export const resultValue = (text: string | null): unknown => (text === null ? undefined : JSON.parse(text));
