// Builds the Function App and starts it with Azure Functions Core Tools.
import { spawnSync } from 'node:child_process';
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

const build = fileURLToPath(new URL('build.mjs', import.meta.url));
const built = await runChild(process.execPath, [build, 'dist', 'functions']);
process.exit(built === 0 ? await runChild('func', ['start', ...process.argv.slice(2)]) : built);
