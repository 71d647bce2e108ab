// Packs what would be published and has it judged: the entries and types of each import, that npm would publish it, that nothing
// of it runs at an install, and that each link in its documents leads somewhere. Ends with a line "N passed, N failed".
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runChild } from './child.mjs';
import { installOnce } from './install-once.mjs';

await installOnce('tools/package-check');
const folder = mkdtempSync(join(tmpdir(), 'check-package-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const packed = spawnSync('npm', ['pack', '--json', '--pack-destination', folder], { encoding: 'utf8' });
if (packed.status !== 0) throw new Error(`npm pack failed:\n${packed.stdout}${packed.stderr}`);
const { filename } = JSON.parse(packed.stdout.slice(packed.stdout.indexOf('[')))[0];
const tarball = join(folder, filename);
spawnSync('tar', ['-xzf', tarball, '-C', folder]);
const inside = join(folder, 'package');

const tool = (name, bin) => join('tools/package-check/node_modules', name, bin);
const checks = [
  ['publint', () => runChild('node', [tool('publint', 'src/cli.js'), 'run', tarball, '--strict'])],
  // There is ESM alone: CommonJS requires it, as Node does since 22.12.
  ['types', () => runChild('node', [tool('@arethetypeswrong/cli', 'dist/index.js'), tarball, '--profile', 'esm-only'])],
  ['npm publish --dry-run', () => dryRun()],
  ['no script at an install', () => installScripts()],
  ['links', () => brokenLinks()],
];

let failed = 0;
for (const [name, check] of checks) {
  console.log(`\n== ${name}`);
  if ((await check()) !== 0) {
    failed += 1;
    console.log(`== ${name} FAILED`);
  }
}
console.log(`\n${checks.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

/** npm warns of what it would correct in package.json. */
function dryRun() {
  const { status, stderr } = spawnSync('npm', ['publish', '--dry-run', '--ignore-scripts', '--tag', 'check', tarball], {
    encoding: 'utf8',
    env: { ...process.env, npm_config_loglevel: 'warn' },
  });
  const warnings = stderr
    .split('\n')
    .filter((line) => /npm (warn|error)/i.test(line) && !/(dry-run|requires you to be)/.test(line));
  for (const line of warnings) console.log(line);
  return status === 0 && warnings.length === 0 ? 0 : 1;
}

function installScripts() {
  const { scripts = {} } = JSON.parse(readFileSync(join(inside, 'package.json'), 'utf8'));
  const found = ['preinstall', 'install', 'postinstall'].filter((name) => name in scripts);
  for (const name of found) console.log(`The script "${name}" would run.`);
  return found.length;
}

function brokenLinks() {
  const documents = globSync('**/*.md', { cwd: inside });
  let broken = 0;
  for (const document of documents) {
    for (const [, link] of readFileSync(join(inside, document), 'utf8').matchAll(
      /\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g,
    )) {
      if (existsSync(join(inside, dirname(document), link))) continue;
      console.log(`${document}: ${link}`);
      broken += 1;
    }
  }
  console.log(`${documents.length} documents, ${broken} broken links`);
  return broken;
}
