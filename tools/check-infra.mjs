// Checks the template of the deployment with the real Bicep compiler: it builds and lints without a word, the snapshots that
// the tests read are what it makes, bad parameters are refused in words, and planted faults are found. Ends with "N passed,
// N failed". Without a compiler it says what it skipped; with --required that is a failure. --write formats the files and writes the
// snapshots, and does only that.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sources } from '../test/infra/deployment.ts';
import { faults } from '../test/infra/faults.ts';
import { refusals } from '../test/infra/refusals.ts';
import { broken } from '../test/infra/rules/rules.ts';
import { findBicep, pinnedVersion, run } from './infra/bicep.mjs';
import { deployments, inCopy, infra, snapshot, write } from './infra/deployments.mjs';

const { values: options } = parseArgs({
  options: { required: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } },
});
const names = readdirSync(deployments).flatMap((file) => /^(.*)\.bicepparam$/.exec(file)?.[1] ?? []);
let passed = 0;
let failed = 0;

const bicep = findBicep();
if ('problem' in bicep) skip(bicep.problem);
else {
  console.log(`Bicep ${bicep.version} (${bicep.path})`);
  if (bicep.version !== pinnedVersion)
    console.log(`The snapshots were made with ${pinnedVersion}: small differences may come from that.`);
  checkAll();
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

function skip(problem) {
  console.error(`
SKIPPED: the template was NOT compiled. ${problem}
  Not checked: that infra/ builds and lints without a warning, that the snapshots in test/infra/deployments are what it makes,
  that bad parameters are refused, and that faults planted in the Bicep are found.
  "npm test" checks the committed snapshots, and that they were made of these very files.
  To check all: install the Azure CLI or azd (they bring Bicep), or the .NET SDK (Bicep comes from NuGet), or set BICEP to a
  compiler.
`);
  process.exitCode = options.required ? 1 : 0;
}

function check(name, problem) {
  if (problem === undefined || problem === '') {
    passed += 1;
    console.log(`ok   ${name}`);
    return;
  }
  failed += 1;
  console.log(`FAIL ${name}\n     ${problem.replaceAll('\n', '\n     ')}`);
}

function checkAll() {
  const main = join(infra, 'main.bicep');
  const built = run(bicep, 'build', main, '--stdout');
  check('it builds without a warning', built.said || (built.status === 0 ? '' : `status ${built.status}`));
  check('it lints without a warning', run(bicep, 'lint', main).said);
  for (const file of Object.keys(sources(infra))) check(`${file} is formatted`, unformatted(join(infra, file)));
  if (built.status === 0) checkSnapshots(JSON.parse(built.stdout).parameters);
  if (options.write) return;
  for (const refusal of refusals) check(`refused: ${refusal.name}`, notRefused(refusal));
  for (const fault of faults) check(`found: ${fault.name}`, notFound(fault));
}

function unformatted(path) {
  if (options.write) run(bicep, 'format', path);
  const { stdout } = run(bicep, 'format', path, '--stdout');
  const same = stdout.replaceAll('\r\n', '\n') === readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
  return same ? '' : 'It is not. "npm run check:infra -- --write" formats it.';
}

function checkSnapshots(parameters) {
  const stamp = { compiler: pinnedVersion, sources: sources(infra), parameters };
  checkFile('compiled.json', { content: stamp });
  inCopy((work) => {
    for (const name of names) {
      const { deployment, problem } = snapshot(bicep, work, name);
      checkFile(`${name}.snapshot.json`, { content: deployment, problem });
      if (deployment !== undefined) check(`${name}: the rules`, texts(broken(deployment)));
    }
  });
}

function checkFile(name, { content, problem }) {
  const path = join(deployments, name);
  if (problem !== undefined) return check(name, problem);
  if (options.write) write(path, content);
  let found = '';
  try {
    found = JSON.stringify(JSON.parse(readFileSync(path, 'utf8')));
  } catch {} // it is missing, or not JSON
  const isSame = found === JSON.stringify(content);
  check(
    name,
    isSame
      ? ''
      : 'The template makes something else. "npm run check:infra -- --write" writes it: look at the difference.',
  );
}

function texts(problems) {
  return Object.entries(problems)
    .map(([rule, list]) => `${rule}: ${list.join(' ')}`)
    .join('\n');
}

/** Why bad parameters were not refused with the sentence that they should be. */
function notRefused({ parameters, sentence }) {
  return inCopy((work) => {
    const path = join(work, 'test/infra/deployments/bad.bicepparam');
    const given = { environmentName: "'dev'", location: "'westeurope'", ...parameters };
    const lines = Object.entries(given).map(([name, value]) => `param ${name} = ${value}`);
    writeFileSync(path, `using '../../../infra/main.bicep'\n${lines.join('\n')}\n`);
    const { problem } = snapshot(bicep, work, 'bad');
    if (problem === undefined) return 'It was taken.';
    return problem.includes(sentence) ? '' : `It was refused, but without "${sentence}":\n${problem}`;
  });
}

/** Why a fault in the Bicep was not found by its rule, in any of the deployments. */
function notFound({ rule, inBicep: [file, text, replacement] }) {
  return inCopy((work) => {
    const path = join(work, 'infra', file);
    const source = readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
    if (source.split(text).length !== 2) return `"${text}" is not exactly once in ${file}.`;
    writeFileSync(
      path,
      source.replace(text, () => replacement),
    );
    const others = new Set();
    for (const name of names) {
      const { deployment, problem } = snapshot(bicep, work, name);
      if (problem !== undefined) return `It does not compile: ${problem}`;
      const found = Object.keys(broken(deployment));
      if (found.includes(rule)) return '';
      for (const other of found) others.add(other);
    }
    return `The rule "${rule}" does not say so. Others: ${[...others].join(', ') || 'none'}.`;
  });
}
