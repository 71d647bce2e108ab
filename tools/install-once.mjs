import { existsSync, statSync } from 'node:fs';
import { runChild } from './child.mjs';

/**
 * Installs the packages of `folder`, unless they are there as its package-lock.json has them. Tools that few runs need are
 * installed this way, when they are first called.
 *
 * @throws Error if npm could not.
 */
export async function installOnce(folder) {
  const installed = `${folder}/node_modules/.package-lock.json`;
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(`${folder}/package-lock.json`).mtimeMs) return;
  console.error(`Installing what this needs (once): npm ci --prefix ${folder}`);
  if ((await runChild('npm', ['ci', '--prefix', folder, '--loglevel=error'])) !== 0) {
    throw new Error(`"npm ci --prefix ${folder}" failed.`);
  }
}
