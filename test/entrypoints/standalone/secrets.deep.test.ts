import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cannotStart, expectNoCanary, good } from './canary.ts';

/** Runs a program to its end: what it wrote on both streams. */
async function outputOf(args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const child = spawn(process.execPath, [...args], { cwd: root, env: { PATH: process.env['PATH'], ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  const keep = (text: unknown) => {
    output += text;
  };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', keep);
  await new Promise((resolve) => child.once('close', resolve));
  return output;
}

describe('A program that cannot start shows no secret', () => {
  it.each(cannotStart)('%s', async (_what, settings) => {
    const env = { ...good, PORT: '0', STARTUP_TIMEOUT: 'PT1S', ...(await settings()) };
    const embedded = "import('./src/entrypoints/standalone/index.ts').then(({ startHost }) => startHost());";
    const outputs = await Promise.all([
      outputOf(['src/entrypoints/standalone/main.ts'], env),
      outputOf(['src/entrypoints/standalone/main.ts'], { ...env, LOG_FORMAT: 'pretty', LOG_LEVEL: 'debug' }),
      // Its rejection is printed by Node, with all that hangs on the error.
      outputOf(['--eval', embedded], env),
    ]);
    for (const output of outputs) {
      expect(output).not.toBe('');
      expectNoCanary(output);
    }
  });
});
