import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** A folder in which the packed package, and what it depends on, are installed. */
export interface Installation {
  readonly folder: string;
  /** The installed package. */
  readonly packageFolder: string;
  remove(): void;
}

/**
 * Packs this project as npm does and installs the tarball elsewhere, without a network: its dependencies are links to those
 * of the repository.
 */
export function installPackedPackage(): Installation {
  const temporary = mkdtempSync(join(tmpdir(), 'packed-package-'));
  const source = join(temporary, 'source');
  const folder = join(temporary, 'app');
  const packageFolder = join(folder, 'node_modules', 'immutable-service-bus');
  const run = (command: string, args: readonly string[], cwd: string) => {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`);
  };

  run(process.execPath, ['tools/build.mjs', join(source, 'dist'), 'lib'], '.');
  for (const name of ['package.json', 'LICENSE', 'README.md', 'host.json']) cpSync(name, join(source, name));
  // Its own scripts would build in the repository.
  run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', temporary], source);

  const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
  run('tar', ['-xzf', `${manifest.name}-${manifest.version}.tgz`], temporary);
  mkdirSync(dirname(packageFolder), { recursive: true });
  renameSync(join(temporary, 'package'), packageFolder);
  for (const name of [
    ...Object.keys(manifest.dependencies),
    '@azure/functions',
    'vitest',
    '@types/node',
    'undici-types',
  ]) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(resolve('node_modules', name), link);
  }
  return { folder, packageFolder, remove: () => rmSync(temporary, { recursive: true, force: true }) };
}
