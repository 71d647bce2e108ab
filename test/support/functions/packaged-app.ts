import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The folder that is deployed, made anew in a temporary place with nothing of the repository beside it. */
export interface PackagedApp {
  readonly folder: string;
  readonly output: string;
  remove(): void;
}

export function packageApp(): PackagedApp {
  const temporary = mkdtempSync(join(tmpdir(), 'packaged-app-'));
  const folder = join(temporary, 'app');
  const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/package.mjs', folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Packaging failed: ${stdout}${stderr}`);
  return { folder, output: stdout, remove: () => rmSync(temporary, { recursive: true, force: true }) };
}
