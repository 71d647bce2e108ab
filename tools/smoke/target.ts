import { spawnSync } from 'node:child_process';
import { AzdEnvironmentError, azdEnvironment } from '../../src/adapters/environment/azd-environment.ts';
import type { Environment } from '../../src/adapters/environment/settings.ts';

/** Where the app is, and what it lets callers in by. */
export interface Target {
  /** Scheme, host and port. */
  readonly origin: string;
  /** A function key; a host on this machine asks for none. Never shown. */
  readonly key?: string | undefined;
}

/** The command cannot be used as it was given. The message says what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError if `url` is not the address of a web server. */
export function targetOfUrl(url: string, { FUNCTION_KEY: key }: Environment): Target {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw new UsageError(`--url is "${url}", but must be an address like "http://127.0.0.1:7071".`);
  }
  return { origin: parsed.origin, key };
}

/**
 * The app that azd deployed from `folder`. Its function key is FUNCTION_KEY, or what the Azure CLI is told.
 *
 * @param name The azd environment; undefined: azd's default.
 * @throws UsageError if azd deployed nothing from here, or no key is known.
 */
export function targetOfAzd(folder: string, name: string | undefined, env: Environment): Target {
  const values = azdValues(folder, name ?? env['AZURE_ENV_NAME']);
  const host = values['FUNCTION_HOST'];
  if (!host) throw new UsageError('The azd environment has no FUNCTION_HOST. Run "azd provision" first.');
  const { origin } = targetOfUrl(host.includes('://') ? host : `https://${host}`, {});
  return { origin, key: env['FUNCTION_KEY'] ?? functionKey(values, env) };
}

function azdValues(folder: string, name: string | undefined): Environment {
  try {
    return azdEnvironment(folder, name);
  } catch (error) {
    throw error instanceof AzdEnvironmentError ? new UsageError(error.message) : error;
  }
}

function functionKey(values: Environment, env: Environment): string {
  const { AZURE_SUBSCRIPTION_ID, AZURE_RESOURCE_GROUP = '', AZURE_FUNCTION_NAME = '' } = values;
  const args = ['functionapp', 'keys', 'list', '--resource-group', AZURE_RESOURCE_GROUP, '--name', AZURE_FUNCTION_NAME];
  if (AZURE_SUBSCRIPTION_ID) args.push('--subscription', AZURE_SUBSCRIPTION_ID);
  args.push('--query', 'functionKeys.default', '--output', 'tsv');
  const { status, stdout } = spawnSync('az', args, {
    env: { ...env },
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  const key = status === 0 ? stdout.trim() : '';
  if (key !== '') return key;
  throw new UsageError(
    'The app asks for a function key, and the Azure CLI did not give it. Run "az login", or set FUNCTION_KEY to the key ' +
      `"default" under "App keys" of ${AZURE_FUNCTION_NAME} in the portal.`,
  );
}
