// Lets Stryker change each operator, condition and text of src/domain, and fails if too few of the changes are noticed.
import { fileURLToPath } from 'node:url';
import { runChild } from '../child.mjs';
import { installOnce } from '../install-once.mjs';

await installOnce('tools/mutation');
const stryker = new URL('../../bin/stryker.js', import.meta.resolve('@stryker-mutator/core'));
const config = new URL('stryker.config.mjs', import.meta.url);
const options = process.argv.slice(2);
process.exitCode = await runChild(process.execPath, [fileURLToPath(stryker), 'run', fileURLToPath(config), ...options]);
