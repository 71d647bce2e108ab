import type { Revision, WriteResult } from '../../src/application/ports/lock-store.ts';

/** The revision that a write left. Fails the test if the write was not applied. */
export function written(result: WriteResult<Revision>): Revision {
  if (result.kind !== 'written') throw new Error(`Expected a written revision, and it was: ${result.kind}`);
  const { version, writtenAt } = result;
  return { version, writtenAt };
}
