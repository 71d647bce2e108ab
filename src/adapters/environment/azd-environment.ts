import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Environment } from './settings.ts';

/** There is no such environment of the Azure Developer CLI. The message says what to do. */
export class AzdEnvironmentError extends Error {
  override readonly name = 'AzdEnvironmentError';
}

/**
 * What azd keeps of an environment of the project in `folder`: its outputs, none of which is a secret.
 *
 * @param name undefined: azd's default.
 * @throws AzdEnvironmentError if there is none.
 */
export function azdEnvironment(folder: string, name: string | undefined = defaultEnvironment(folder)): Environment {
  const content = contentOf(join(folder, '.azure', name, '.env'));
  if (content !== undefined) return parseEnv(content);
  throw new AzdEnvironmentError(`The azd environment "${name}" was not found here: see "azd env list".`);
}

function defaultEnvironment(folder: string): string {
  const config = contentOf(join(folder, '.azure', 'config.json'));
  const name = config === undefined ? undefined : JSON.parse(config).defaultEnvironment;
  if (typeof name === 'string' && name !== '') return name;
  throw new AzdEnvironmentError('No azd environment was found here. Run "azd up" first, or name one.');
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
