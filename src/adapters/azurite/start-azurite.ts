import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import type { Readable } from 'node:stream';

export interface AzuriteOptions {
  /** The TCP port on the loopback interface; 0 takes a free one. */
  readonly port: number;
  /** Default: one with a random name and key, which nobody else on the machine knows. */
  readonly account?: StorageAccount;
  /** How long it may take to start. Default: 30 s, much more than it needs on a busy machine. */
  readonly startTimeoutMs?: number;
}

export interface StorageAccount {
  readonly name: string;
  /** Base64. */
  readonly key: string;
}

/** A running Azurite. */
export interface Azurite {
  /** For the Blob service. */
  readonly connectionString: string;
  readonly port: number;
  /** Ends it at once, with all it stored. Resolves when it has ended, also if that was before. */
  stop(): Promise<void>;
  /** Resolves when it has ended, whoever ended it. */
  readonly exited: Promise<AzuriteExit>;
}

export interface AzuriteExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last of what it wrote to its error stream. */
  readonly errorOutput: string;
}

/**
 * Starts Azurite, Microsoft's emulator of Blob Storage, as a child process that keeps everything in memory.
 *
 * It is in a process group of its own: Ctrl-C in a terminal reaches the parent alone, which needs its store until it has
 * drained. It ends with the parent all the same, whatever ends that.
 *
 * @throws Error if the port is taken, or it does not start in time. No process is left behind then.
 */
export async function startAzurite(options: AzuriteOptions): Promise<Azurite> {
  const { account = randomAccount(), startTimeoutMs = 30_000 } = options;
  const child = spawnAzurite(options.port, account);
  const exited = exitOf(child);
  const stop = async () => {
    child.kill('SIGKILL'); // it has nothing to save
    await exited;
  };
  try {
    const port = await Promise.race([
      listeningPort(child.stdout, startTimeoutMs),
      exited.then((exit) => Promise.reject(startError(options.port, exit))),
    ]);
    return { connectionString: connectionString(port, account), port, stop, exited };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** With both outputs piped, which the type of `spawn` does not see beside an IPC channel. */
type AzuriteProcess = ChildProcessByStdio<null, Readable, Readable>;

function spawnAzurite(port: number, account: StorageAccount): AzuriteProcess {
  const program = createRequire(import.meta.url).resolve('azurite/dist/src/blob/main.js');
  const guard = new URL('./end-with-parent.ts', import.meta.url).href;
  const listen = ['--blobHost', '127.0.0.1', '--blobPort', String(port)];
  // Without --silent, since that hides the line that tells the port.
  const flags = ['--inMemoryPersistence', '--skipApiVersionCheck', '--disableTelemetry'];
  return spawn(process.execPath, ['--import', guard, program, ...listen, ...flags], {
    detached: true,
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Not an argument, which everybody on the machine can read.
    env: { ...process.env, AZURITE_ACCOUNTS: `${account.name}:${account.key}` },
  }) as AzuriteProcess;
}

function exitOf(child: AzuriteProcess): Promise<AzuriteExit> {
  let errorOutput = '';
  const keep = (text: string) => {
    errorOutput = `${errorOutput}${text}`.slice(-2000);
  };
  child.stderr.setEncoding('utf8').on('data', keep);
  child.on('error', (error) => keep(String(error)));
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, errorOutput: errorOutput.trim() }));
  });
}

function listeningPort(output: Readable, timeoutMs: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () =>
        reject(new Error(`Azurite did not start within ${timeoutMs} ms. STARTUP_TIMEOUT sets how long it may take.`)),
      timeoutMs,
    );
    let text = '';
    const look = (part: string) => {
      text += part;
      const [, port] = /successfully listens on http:\/\/[^\s:]+:(\d+)\s/.exec(text) ?? [];
      if (port === undefined) return;
      clearTimeout(timer);
      // Read on and on, or the pipe fills up with a line per request, and Azurite stands still.
      output.off('data', look).resume();
      resolve(Number(port));
    };
    output
      .setEncoding('utf8')
      .on('data', look)
      .once('close', () => clearTimeout(timer));
  });
}

function startError(port: number, { code, signal, errorOutput }: AzuriteExit): Error {
  if (errorOutput.includes('EADDRINUSE')) {
    return new Error(
      `Azurite cannot listen on port ${port} of 127.0.0.1: another program has it. Choose another, or 0.`,
    );
  }
  return new Error(`Azurite ended (${signal ?? code}) before it listened on port ${port}: ${errorOutput}`);
}

const randomAccount = (): StorageAccount => ({
  name: `local${randomBytes(8).toString('hex')}`,
  key: randomBytes(64).toString('base64'),
});

const connectionString = (port: number, { name, key }: StorageAccount): string =>
  [
    'DefaultEndpointsProtocol=http',
    `AccountName=${name}`,
    `AccountKey=${key}`,
    `BlobEndpoint=http://127.0.0.1:${port}/${name};`,
  ].join(';');
