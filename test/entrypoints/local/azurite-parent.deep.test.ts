import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isListening } from '../../support/ports.ts';

describe('The parent of an Azurite', () => {
  it('leaves none behind when it is killed', async () => {
    const parent = await startParent();
    expect(await isListening(parent.port)).toBe(true);
    process.kill(parent.pid, 'SIGKILL');
    await expect.poll(() => isListening(parent.port)).toBe(false);
  });

  // Windows has no process groups to signal.
  it.skipIf(process.platform === 'win32')('has it for as long as it drains after Ctrl-C', async () => {
    const parent = await startParent();
    process.kill(-parent.pid, 'SIGINT');
    expect(await parent.nextLine()).toBe('draining');
    expect(await isListening(parent.port)).toBe(true);
    process.kill(-parent.pid, 'SIGTERM');
    await expect.poll(() => isListening(parent.port)).toBe(false);
  });
});

/** A process of its own group that has started an Azurite. */
async function startParent() {
  const program = fileURLToPath(new URL('../../support/azurite-parent.ts', import.meta.url));
  const parent = spawn(process.execPath, [program], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const lines = createInterface(parent.stdout)[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string | undefined> => (await lines.next()).value;
  return { pid: parent.pid ?? 0, port: Number(await nextLine()), nextLine };
}
