// Runs dependency-cruiser over src and packages, and fails if it saw no modules: it is content with an empty tree, and with a
// TypeScript that it cannot use.
import { spawnSync } from 'node:child_process';

const depcruise = 'tools/check/node_modules/dependency-cruiser/bin/dependency-cruiser.mjs';
const { stdout, status } = spawnSync(process.execPath, [depcruise, 'src', 'packages', '--output-type', 'json'], {
  encoding: 'utf8',
  maxBuffer: 1 << 28,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const { summary } = JSON.parse(stdout);
const { totalCruised, violations } = summary;
for (const { rule, from, to, comment = '' } of violations) console.error(`${rule.name}: ${from} -> ${to} ${comment}`);
console.log(`${totalCruised} modules, ${violations.length} violations of the layer rules`);
if (totalCruised < 30) console.error('dependency-cruiser saw hardly any modules: is its TypeScript the right one?');
process.exitCode = violations.length > 0 || totalCruised < 30 || status !== 0 ? 1 : 0;
