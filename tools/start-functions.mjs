// Builds the Function App and starts it with Azure Functions Core Tools.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from './child.mjs';

const isWindows = process.platform === 'win32';
const { error, status, stdout } = spawnSync('func', ['--version'], { encoding: 'utf8', shell: isWindows });
if (error !== undefined || status !== 0) {
  console.error(
    'Azure Functions Core Tools are not installed: there is no program "func". Install version 4 and try again:\n' +
      '  npm install -g azure-functions-core-tools@4\n' +
      'Other ways: https://learn.microsoft.com/azure/azure-functions/functions-run-local\n' +
      '"npm start" runs the same use cases without them.',
  );
  process.exit(1);
}
if (!stdout.startsWith('4.')) console.error(`Core Tools ${stdout.trim()}: this app is made for version 4.`);

// Not what is deployed, since the settings of this machine are put beside it.
const folder = 'dist/local';
const packaged = await runChild(process.execPath, [fileURLToPath(new URL('package.mjs', import.meta.url)), folder]);
if (packaged !== 0) process.exit(packaged);
if (existsSync('local.settings.json')) cpSync('local.settings.json', join(folder, 'local.settings.json'));
process.chdir(folder);
process.exit(await runChild('func', ['start', ...process.argv.slice(2)]));
