import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export interface Imported {
  readonly tookMs: number;
  /** User and system time, of all threads. */
  readonly cpuMs: number;
  /** Of the whole process after the import, in bytes. */
  readonly rss: number;
  /** The functions that were registered meanwhile. */
  readonly functions: readonly string[];
}

export interface ImportOptions {
  /** Packages, or URLs of files. */
  readonly modules: readonly string[];
  readonly folder: string;
  readonly compileCache?: string | undefined;
  /** The store of the locks of a first message, which is guarded then; without it none is. */
  readonly lockStorage?: string | undefined;
}

const script = fileURLToPath(new URL('import-process.mjs', import.meta.url));

/** What the registration of the functions asks for. Nothing connects. */
const settings = {
  ServiceBusConnection:
    'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=n;SharedAccessKey=k;UseDevelopmentEmulator=true;',
  LockStorage: 'UseDevelopmentStorage=true',
};

/** Imports modules in a fresh process, with no environment but the settings. */
export async function importOnce({ modules, folder, compileCache, lockStorage }: ImportOptions): Promise<Imported> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...modules], {
    cwd: folder,
    env: {
      ...settings,
      ...(compileCache !== undefined && { NODE_COMPILE_CACHE: compileCache }),
      ...(lockStorage !== undefined && { LockStorage: lockStorage, FIRST_MESSAGE: 'yes' }),
    },
    timeout: 60_000,
  });
  return JSON.parse(stdout.slice(stdout.lastIndexOf('{"tookMs"')));
}
