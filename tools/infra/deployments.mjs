// What the template makes of a set of parameters, as the deployment engine within the compiler evaluates it.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './bicep.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const infra = join(root, 'infra');
export const deployments = join(root, 'test/infra/deployments');

/**
 * A copy of the template and of the sets of parameters, in a place of its own.
 *
 * @param {(work: string) => Result} use Is given the folder; `infra` and the sets of parameters stand in it as they do here.
 * @template Result
 */
export function inCopy(use) {
  const work = mkdtempSync(join(tmpdir(), 'infra-'));
  try {
    cpSync(infra, join(work, 'infra'), { recursive: true });
    cpSync(deployments, join(work, 'test/infra/deployments'), { recursive: true });
    return use(work);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** What would be created; or, as `problem`, what the compiler or the engine says against it. */
export function snapshot(bicep, work, name) {
  const base = join(work, 'test/infra/deployments', name);
  const { status, said } = run(
    bicep,
    'snapshot',
    `${base}.bicepparam`,
    '--mode',
    'overwrite',
    '--subscription-id',
    '00000000-0000-0000-0000-000000000001',
    '--tenant-id',
    '00000000-0000-0000-0000-000000000002',
  );
  if (status !== 0) return { problem: said };
  const { predictedResources, outputs } = JSON.parse(readFileSync(`${base}.snapshot.json`, 'utf8'));
  // Outputs come in another order each time.
  const sorted = Object.fromEntries(Object.entries(outputs).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { deployment: { predictedResources, outputs: sorted } };
}

export const write = (path, content) => writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`);
