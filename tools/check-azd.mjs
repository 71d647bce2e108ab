// Replays what "azd up" does before it deploys, in a copy of this project, and compares the folder that it would zip with
// that of "npm run package", which is the one that the tests load. Fails if a file differs, or if Azure would build again.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contents, packageService, readProject, remoteBuild, step } from './infra/azd.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { app } = readProject(root).services;
if (remoteBuild(root, app)) {
  console.error('azd would have Azure install and build what is uploaded: set remoteBuild to false in azure.yaml.');
  process.exit(1);
}

const work = mkdtempSync(join(tmpdir(), 'azd-'));
try {
  copyProject(work);
  const replayed = contents(packageService(work, app));
  step('npm run package', work);
  const tested = contents(join(work, app.dist));
  const names = [...new Set([...Object.keys(replayed), ...Object.keys(tested)])];
  const differing = names.filter((name) => replayed[name] !== tested[name]);
  for (const name of differing) console.error(`${name} is not what "npm run package" makes.`);
  for (const name of ['host.json', 'package.json', 'dist/functions/main.js']) {
    if (!(name in replayed)) differing.push(console.error(`${name} is missing.`));
  }
  console.log(`azd would deploy ${Object.keys(replayed).length} files, ${differing.length} problems`);
  process.exitCode = differing.length > 0 ? 1 : 0;
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** What git knows or would add, and the installed dependencies by a link. */
function copyProject(to) {
  const { stdout } = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  for (const path of stdout.split('\0').filter((name) => name !== '' && existsSync(join(root, name)))) {
    cpSync(join(root, path), join(to, path));
  }
  symlinkSync(join(root, 'node_modules'), join(to, 'node_modules'), 'junction');
}
