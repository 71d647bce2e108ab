import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { IdOf } from '../../application/content/id-of.ts';
import { errorText } from '../../application/error-text.ts';
import { type OptionValues, UsageError } from './command.ts';

/**
 * What the app names its messages by, as `--guards` says: undefined for their own IDs, `unknown` if that is not at hand.
 *
 * @throws UsageError if the module cannot be used.
 */
export async function idOfGiven(options: OptionValues): Promise<IdOf | 'unknown' | undefined> {
  const path = options.text('guards');
  if (path === undefined || path === 'unknown') return path;
  let module: { readonly idOf?: unknown };
  try {
    module = await import(pathToFileURL(resolve(path)).href);
  } catch (error) {
    throw new UsageError(`--guards: ${path} cannot be loaded. ${errorText(error)}`);
  }
  if (typeof module.idOf !== 'function') throw new UsageError(`--guards: ${path} does not export a function "idOf".`);
  return module.idOf as IdOf;
}
