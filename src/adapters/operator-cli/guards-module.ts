import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { IdOf } from '../../application/content/id-of.ts';
import { errorText } from '../../application/error-text.ts';
import { type OptionValues, UsageError } from './command.ts';

/**
 * What the app names its messages by, as `--guards` says, or as it has left word: undefined for their own IDs, `unknown` if that
 * is not at hand.
 *
 * @throws UsageError if the module cannot be used.
 */
export async function idOfGiven(options: OptionValues, isNamedByIdOf: boolean): Promise<IdOf | 'unknown' | undefined> {
  const path = options.text('guards');
  if (path === undefined) return isNamedByIdOf ? 'unknown' : undefined;
  if (path === 'unknown') return path;
  if (path === 'none') return undefined;
  let module: { readonly idOf?: unknown };
  try {
    module = await import(pathToFileURL(resolve(path)).href);
  } catch (error) {
    throw new UsageError(`--guards: ${path} cannot be loaded. ${errorText(error)}`);
  }
  if (typeof module.idOf !== 'function') throw new UsageError(`--guards: ${path} does not export a function "idOf".`);
  return module.idOf as IdOf;
}

/** @throws UsageError if the app has left word that its locks are in another scope than the one that was not asked for. */
export function refuseOtherScope(scope: string, other: string | undefined): void {
  if (other === undefined || other === scope) return;
  throw new UsageError(
    `The app has its locks in the scope ${JSON.stringify(other)}: give --scope ${other}. If another app has left that word, and ` +
      `this one has its locks in the default scope, give --scope ${scope}.`,
  );
}
