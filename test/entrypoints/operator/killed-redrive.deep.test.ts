import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { SeededRandom } from '../../support/seeded-random.ts';
import { startIncident } from './isb-fixture.ts';

const program = fileURLToPath(new URL('../../../src/entrypoints/operator/main.ts', import.meta.url));

/** How many runs are killed: some beside others' work, many where the machine is one's own. */
const kills = Number(process.env['KILLS'] ?? 12);
/** Enough for the last run to have something to do. */
const letters = 20 * kills;

it('A re-drive that is killed at any moment loses no message, and the work of each is done once', async () => {
  const incident = await startIncident({ lockDurationMs: 2000 }, { MAX_CONCURRENT_CALLS: '8' });
  const { send, client, queue, host, isb, snapshot } = incident;
  const ids = Array.from({ length: letters }, (_, n) => `m-${n}`);
  await send(...ids.map((messageId) => ({ messageId, body: { messageId } })));
  const receiver = client.createReceiver(queue);
  for (let left = letters; left > 0; ) {
    const received = await receiver.receiveMessages(left);
    await Promise.all(
      received.map((message) =>
        receiver.deadLetterMessage(message, {
          deadLetterReason: 'MaxDeliveryCountExceeded',
          deadLetterErrorDescription: 'a test',
        }),
      ),
    );
    left -= received.length;
  }
  await receiver.close();

  const work = new Map<string, number>();
  await host(async ({ id }) => void work.set(id, (work.get(id) ?? 0) + 1));

  const random = new SeededRandom(Number(process.env['KILL_SEED'] ?? 22));
  for (let kill = 0; kill < kills; kill += 1) {
    await run(incident.settings, { lines: random.integer(15) + 1, waitMs: random.integer(40) });
    // Each is in at least one of three places: among the dead letters, on the queue, or done.
    const { active = [], locked = [], deadLettered = [] } = snapshot() ?? {};
    const there = new Set([...active, ...locked, ...deadLettered].map(({ messageId }) => messageId));
    expect(
      ids.filter((id) => !there.has(id) && !work.has(id)),
      `after kill ${kill + 1}`,
    ).toEqual([]);
  }
  // What was in flight comes back when its peek-lock ends; then everything is cleared in the ordinary way.
  await expect
    .poll(async () => {
      await isb('dead', 'redrive', '--verdict', 'never-started,interrupted', '--reason', 'a test', '--yes');
      await isb('dead', 'complete', '--reason', 'a test', '--yes');
      const { active, locked, deadLettered } = snapshot() ?? {};
      return { active, locked, deadLettered };
    })
    .toEqual({ active: [], locked: [], deadLettered: [] });
  expect([...work.keys()].sort()).toEqual([...ids].sort());
  expect(new Set(work.values())).toEqual(new Set([1]));
});

/** Starts a re-drive and kills it, some time after it told of so many letters that it has put back. */
async function run(
  settings: Readonly<Record<string, string>>,
  { lines, waitMs }: { readonly lines: number; readonly waitMs: number },
): Promise<void> {
  const args = ['dead', 'redrive', '--verdict', 'never-started', '--batch', '5', '--reason', 'a test', '--yes'];
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env['PATH'], ...settings },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let told = 0;
  child.stderr.on('data', (chunk: Buffer) => {
    told += chunk.toString().split('\n').length - 1;
    if (told >= lines) setTimeout(() => child.kill('SIGKILL'), waitMs);
  });
  await new Promise((resolve) => child.once('close', resolve));
}
