import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));

/**
 * Installs what the product is compared with, unless it is there. The product does not depend on it.
 *
 * @throws Error if npm could not.
 */
export function installPeers(): void {
  if (existsSync(`${folder}node_modules`)) return;
  process.stderr.write('Installing what is compared with (once): npm ci --prefix bench\n');
  const { status } = spawnSync('npm', ['ci', '--prefix', folder], { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error('"npm ci --prefix bench" failed.');
}
