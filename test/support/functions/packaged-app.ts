import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The folder that is deployed, made anew in a temporary place with nothing of the repository beside it. */
export interface PackagedApp {
  readonly folder: string;
  readonly output: string;
  remove(): void;
}

/**
 * The event loop goes on meanwhile. If it stood still, the test's next request to the store would go out on a connection that the
 * store has closed by then.
 */
export async function packageApp(): Promise<PackagedApp> {
  const temporary = mkdtempSync(join(tmpdir(), 'packaged-app-'));
  const folder = join(temporary, 'app');
  const { stdout } = await run(process.execPath, ['tools/package.mjs', folder]);
  return { folder, output: stdout, remove: () => rmSync(temporary, { recursive: true, force: true }) };
}

/** Rejects with what the program wrote if it ends badly. */
const run = promisify(execFile);
