import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { targetOfAzd, targetOfUrl, UsageError } from '../../tools/smoke/target.ts';

const config = { 'config.json': JSON.stringify({ version: 1, defaultEnvironment: 'dev' }) };
const provisioned = 'FUNCTION_HOST="func-x.azurewebsites.net"\nAZURE_FUNCTION_NAME="func-x"\n';
/** No Azure CLI is found. */
const bare = { PATH: '' };

/** A folder that azd deployed from, or was only told to. */
function azdFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'azd-folder-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['dev', 'prod']) mkdirSync(join(folder, '.azure', name), { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, '.azure', name), content);
  return folder;
}

describe('The target of the smoke test', () => {
  it('is the app that azd deployed, with the key that is given', () => {
    const folder = azdFolder({ ...config, 'dev/.env': provisioned });
    const target = targetOfAzd(folder, undefined, { ...bare, FUNCTION_KEY: 'k' });
    expect(target).toEqual({ origin: 'https://func-x.azurewebsites.net', key: 'k' });
  });

  it('is that of another environment, if it is named', () => {
    const folder = azdFolder({ ...config, 'dev/.env': provisioned, 'prod/.env': 'FUNCTION_HOST="shop.example"\n' });
    const ofProd = { origin: 'https://shop.example', key: 'k' };
    expect(targetOfAzd(folder, 'prod', { FUNCTION_KEY: 'k' })).toEqual(ofProd);
    expect(targetOfAzd(folder, undefined, { FUNCTION_KEY: 'k', AZURE_ENV_NAME: 'prod' })).toEqual(ofProd);
  });

  it.each([
    ['nothing was deployed', {}, undefined, 'No azd environment was found here. Run "azd up" first'],
    ['the environment is not there', config, 'other', 'The azd environment "other" was not found here'],
    ['it is not provisioned', { ...config, 'dev/.env': 'A="b"\n' }, undefined, 'has no FUNCTION_HOST'],
    ['there is no key', { ...config, 'dev/.env': provisioned }, undefined, 'under "App keys" of func-x'],
  ])('is not known if %s, which is said', (_what, files: Readonly<Record<string, string>>, name, sentence) => {
    expect(() => targetOfAzd(azdFolder(files), name, bare)).toThrow(UsageError);
    expect(() => targetOfAzd(azdFolder(files), name, bare)).toThrow(sentence);
  });

  it.each(['sb://x', '127.0.0.1:7071', ''])('is not "%s", which is no web server', (url) => {
    expect(() => targetOfUrl(url, {})).toThrow(UsageError);
  });
});
