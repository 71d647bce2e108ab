import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { compileCache } from './compile-cache.ts';

export interface StartedProgram {
  readonly pid: number;
  /** Its standard output so far, line by line. */
  readonly lines: readonly string[];
  /** The first line that matches, also if it was written before. Rejects if the program ends without it. */
  line(pattern: RegExp): Promise<string>;
  /** Sends a signal to the whole process group, as a terminal does. */
  signalGroup(signal: NodeJS.Signals): void;
  /** Resolves when it has ended, and all its output is there. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** A busy machine takes long to start a program and to stop it, and ends none for that. */
const patience = { STARTUP_TIMEOUT: 'PT1H', SHUTDOWN_TIMEOUT: 'PT1H' };

/**
 * Starts `program`, a path from the root of the repository, in a process group of its own and with these settings and no
 * others, but for its patience. It is killed with its group when the test is over, and ends with this process in any case. A test that runs beside
 * others of its file passes its own `onTestFinished`.
 */
export function startProgram(
  program: string,
  settings: Readonly<Record<string, string>>,
  { onTestFinished: atEnd = onTestFinished }: { readonly onTestFinished?: (end: () => Promise<void>) => void } = {},
): StartedProgram {
  const root = new URL('../../', import.meta.url);
  const guard = new URL('src/adapters/azurite/end-with-parent.ts', root).href;
  const child = spawn(process.execPath, ['--import', guard, fileURLToPath(new URL(program, root))], {
    detached: true,
    env: { PATH: process.env['PATH'], ...compileCache, ...patience, ...settings },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const { pid, stdout } = child;
  if (pid === undefined || stdout === null) throw new Error(`${program} cannot be started.`);

  let isRunning = true;
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const changed = () => {
    for (const look of waiting) look();
  };
  createInterface(stdout).on('line', (line) => {
    lines.push(line);
    changed();
  });
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => {
      isRunning = false;
      changed();
      resolve({ code, signal });
    });
  });
  const signalGroup = (signal: NodeJS.Signals) => {
    // Once it has ended, its number may be another process's.
    if (isRunning) process.kill(-pid, signal);
  };
  atEnd(async () => {
    signalGroup('SIGKILL');
    await exited;
  });

  const line = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = lines.find((candidate) => pattern.test(candidate));
        if (found === undefined && isRunning) return;
        waiting.delete(look);
        if (found === undefined) reject(new Error(`${program} ended without ${pattern}:\n${lines.join('\n')}`));
        else resolve(found);
      };
      waiting.add(look);
      look();
    });
  return { pid, lines, line, signalGroup, exited };
}
