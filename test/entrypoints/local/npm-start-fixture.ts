import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import { isListening } from '../../support/ports.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** `npm start` as a terminal or a container runs it, ready, in a process group of its own. */
async function npmStart(): Promise<{ readonly npm: number; readonly ports: readonly number[]; output(): string }> {
  const settings = { SHUTDOWN_TIMEOUT: 'PT1H', PORT: '0', EMULATOR_BLOB_PORT: '0', EMULATOR_SERVICE_BUS_PORT: '0' };
  const child = spawn('npm', ['start'], {
    cwd: root,
    detached: true,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('npm cannot be started.');
  onTestFinished(() => {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // nothing of it is left
    }
  });
  let output = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  await expect.poll(() => output).toContain('Ready on http');
  const ports = [...output.matchAll(/"(?:Ready on |blobs":")http:\/\/127\.0\.0\.1:(\d+)/g)].map(([, port]) =>
    Number(port),
  );
  expect(ports.length).toBeGreaterThanOrEqual(1);
  return { npm: pid, ports, output: () => output };
}

/** Holds that the program and all its engines end in good order when npm alone is sent `signal`. */
export async function endsWithNpm(signal: NodeJS.Signals): Promise<void> {
  const { npm, ports, output } = await npmStart();
  process.kill(npm, signal);
  await expect.poll(async () => Promise.all(ports.map(isListening))).toEqual(ports.map(() => false));
  expect(output()).toContain('SIGTERM: stopping.');
}
