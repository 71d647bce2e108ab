// Makes the folder that is published, complete and with nothing else in it: "dist", or the folder that is given. Node does not
// strip types under node_modules, so it has JavaScript with declarations, and a package.json that says so.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = resolve(root, process.argv[2] ?? 'dist');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const tsc = fileURLToPath(import.meta.resolve('typescript/bin/tsc'));
const args = [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', join(folder, 'lib')];
if (spawnSync(process.execPath, args, { stdio: 'inherit' }).status !== 0) process.exit(1);
chmodSync(join(folder, 'lib/program/main.js'), 0o755);

const { name, version, description, license, type, engines, dependencies } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
);
const manifest = {
  name,
  version,
  description,
  keywords: ['azure', 'service-bus', 'emulator', 'amqp', 'testing'],
  license,
  type,
  bin: { [name]: 'lib/program/main.js' },
  types: './lib/index.d.ts',
  exports: { '.': { types: './lib/index.d.ts', default: './lib/index.js' }, './package.json': './package.json' },
  files: ['lib'],
  engines,
  dependencies,
};
writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
cpSync(join(root, 'README.md'), join(folder, 'README.md'));
cpSync(join(root, '../../LICENSE'), join(folder, 'LICENSE'));
console.log(folder);
