// Runs every static check, also after one has failed, and ends with a line "N passed, N failed".
import { existsSync } from 'node:fs';
import { runChild } from './child.mjs';
import { installOnce } from './install-once.mjs';

await installOnce('tools/check');

const checks = [
  ['node of the project', 'node', ['tools/require-node.mjs']],
  ['types', 'npx', ['tsc', '-p', '.']],
  ['declarations of each file by itself', 'npx', ['tsc', '-p', 'tsconfig.build.json', '--noEmit']],
  ['lint and format', 'npx', ['biome', 'check', '--error-on-warnings', '.']],
  ['words', 'node', ['tools/check-words.mjs']],
  ['layers', 'node', ['tools/check-layers.mjs']],
  ['dead code', 'node', ['tools/check/node_modules/knip/bin/knip.js']],
  ['lock file', 'node', ['tools/check-lock-file.mjs']],
  ['lock file of the bench', 'node', ['tools/check-lock-file.mjs', 'bench']],
  ['lock file of the other OpenTelemetry', 'node', ['tools/check-lock-file.mjs', 'test/opentelemetry-3']],
  ['lock file of the instrumentation', 'node', ['tools/check-lock-file.mjs', 'test/opentelemetry-azure']],
  ['lock file of the checks', 'node', ['tools/check-lock-file.mjs', 'tools/check']],
  ['lock file of the package check', 'node', ['tools/check-lock-file.mjs', 'tools/package-check']],
  ['lock file of the mutation tests', 'node', ['tools/check-lock-file.mjs', 'tools/mutation']],
];
// What the bench compares with is installed by `npm run bench`, and its types are there only then.
if (existsSync('bench/node_modules')) checks.push(['types of the bench', 'npx', ['tsc', '-p', 'bench']]);

let failed = 0;
for (const [name, command, args] of checks) {
  console.log(`\n== ${name}`);
  if ((await runChild(command, args)) !== 0) {
    failed += 1;
    console.log(`== ${name} FAILED`);
  }
}
console.log(`\n${checks.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
