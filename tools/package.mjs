// Makes the folder that is deployed, complete and with nothing else in it: "dist/package", or the folder that is given.
// Prints its size and fails if it has become too large for a quick start.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from './child.mjs';

const largestMegabytes = 7;
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = resolve(process.argv[2] ?? 'dist/package');

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const built = await runChild(process.execPath, [join(root, 'tools/build.mjs'), join(folder, 'dist'), 'functions']);
if (built !== 0) process.exit(1);
cpSync(join(root, 'host.json'), join(folder, 'host.json'));
const { name, version, type } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
writeFileSync(
  join(folder, 'package.json'),
  `${JSON.stringify({ name, version, private: true, type, main: 'dist/functions/main.js' }, null, 2)}\n`,
);

const files = readdirSync(folder, { recursive: true })
  .map((path) => statSync(join(folder, path)))
  .filter((entry) => entry.isFile());
const megabytes = files.reduce((sum, { size }) => sum + size, 0) / 1_000_000;
console.log(`${folder}: ${files.length} files, ${megabytes.toFixed(1)} MB`);
if (megabytes > largestMegabytes) {
  console.error(`That is more than ${largestMegabytes} MB.`);
  process.exitCode = 1;
}
