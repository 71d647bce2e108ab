import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const pack = fileURLToPath(new URL('../../tools/package.mjs', import.meta.url));

/** The script of the page of operators. */
const sentToBrowsers = 'live.js';

/** The folder that is deployed, built anew in a temporary place. It is gone when the process ends, also by Ctrl-C. */
export class DeployedApp {
  readonly folder: string;
  /** The entry file of the functions, as a URL. */
  readonly entry: string;
  /** All files of the bundle, those included that are loaded only when they are needed, as URLs. */
  readonly parts: readonly string[];
  readonly megabytes: number;
  /** For what Node compiles, if it is told to keep that. */
  readonly compileCache: string;
  readonly #temporary = mkdtempSync(join(tmpdir(), 'bench-cold-start-'));

  constructor() {
    process.once('exit', this.#remove);
    process.once('SIGINT', this.#interrupted).once('SIGTERM', this.#interrupted);
    this.folder = join(this.#temporary, 'app');
    this.compileCache = join(this.#temporary, 'compile-cache');
    execFileSync(process.execPath, [pack, this.folder], { stdio: ['ignore', 'ignore', 'inherit'] });
    const main = join(this.folder, JSON.parse(readFileSync(join(this.folder, 'package.json'), 'utf8')).main);
    this.entry = pathToFileURL(main).href;
    const files = readdirSync(this.folder, { recursive: true, encoding: 'utf8' }).map((name) =>
      join(this.folder, name),
    );
    this.parts = files
      .filter((name) => name.endsWith('.js') && basename(name) !== sentToBrowsers)
      .map((name) => pathToFileURL(name).href);
    this.megabytes = files.reduce((sum, name) => sum + sizeOf(name), 0) / 1_000_000;
  }

  remove(): void {
    this.#remove();
    process.off('exit', this.#remove).off('SIGINT', this.#interrupted).off('SIGTERM', this.#interrupted);
  }

  readonly #remove = (): void => rmSync(this.#temporary, { recursive: true, force: true });

  readonly #interrupted = (signal: NodeJS.Signals): void => {
    this.remove();
    process.kill(process.pid, signal);
  };
}

function sizeOf(path: string): number {
  const entry = statSync(path);
  return entry.isFile() ? entry.size : 0;
}
