// Fails if the package-lock.json of a folder (default: this one) would let the next "npm ci" fail or go elsewhere: every optional dependency must be in it at
// the version asked for (npm leaves out what a registry does not have yet, and says nothing), and no address may be.
import { readFileSync } from 'node:fs';

const [folder = '.'] = process.argv.slice(2);
const { packages } = JSON.parse(readFileSync(`${folder}/package-lock.json`, 'utf8'));
const problems = [];
for (const [path, entry] of Object.entries(packages)) {
  if (typeof entry.resolved === 'string' && /^https?:/.test(entry.resolved))
    problems.push(`${path} names a registry address`);
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const exact = /^\d+\.\d+\.\d+/.test(version);
    const found = findUpwards(path, name);
    if (found === undefined || (exact && found.version !== version))
      problems.push(`${path} wants ${name}@${version}, missing`);
  }
}
const own = Object.entries(packages).filter(([path]) => !path.includes('node_modules/'));
for (const [path, entry] of own) {
  for (const [name, version] of Object.entries({ ...entry.dependencies, ...entry.devDependencies })) {
    if (!/^(\d+\.\d+\.\d+|file:.*)$/.test(version)) problems.push(`${path || '.'}: ${name}@${version} is not pinned`);
  }
}
for (const problem of problems) console.error(problem);
console.log(`${Object.keys(packages).length} locked packages, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;

/** The entry that Node's resolution would find for `name` from the package at `path`. */
function findUpwards(path, name) {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const candidate = packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`];
    if (candidate !== undefined || folder === '') return candidate ?? packages[`node_modules/${name}`];
    if (!folder.includes('/node_modules/')) folder = '';
  }
}
