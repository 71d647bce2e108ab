/**
 * What work returned, as the JSON text that its lock keeps; null if it returned nothing.
 *
 * @throws UnstorableResultError if it is not JSON. The work is then a failure: its result could not be given to anyone.
 */
export function resultText(result: unknown): string | null {
  try {
    return JSON.stringify(result) ?? null;
  } catch (cause) {
    throw new UnstorableResultError(cause);
  }
}

/** The handler returned a value that JSON cannot hold. What to do: return plain data, or nothing. */
export class UnstorableResultError extends Error {
  override readonly name = 'UnstorableResultError';
  constructor(cause: unknown) {
    super('What the handler returned cannot be kept as JSON. Return plain data, or nothing.', { cause });
  }
}
