import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { paced } from '../../support/machine-speed.ts';
import { SeededRandom } from '../../support/seeded-random.ts';
import { timeLimits } from '../../support/time-limits.ts';
import { startIncident } from './isb-fixture.ts';

const program = fileURLToPath(new URL('../../../src/entrypoints/operator/main.ts', import.meta.url));

/** How many runs are killed: some beside others' work, many where the machine is one's own. */
const kills = Number(process.env['KILLS'] ?? 12);

/** Where a run is killed: once it was given so many letters, has sent or removed so many, or some time after its first one. */
const moments = ['received', 'sent', 'removed', 'any'] as const;
type Moment = (typeof moments)[number];
/** Enough for the last run to have something to do. */
const letters = 40 * kills;

const timeout = timeLimits.testMs * Math.ceil(kills / 50);

it('A re-drive that is killed at any moment loses no message, and the work of each is done once', {
  timeout,
}, async () => {
  const incident = await startIncident({ lockDurationMs: paced(2000) }, { MAX_CONCURRENT_CALLS: '8' });
  const { send, client, queue, host, isb, snapshot } = incident;
  const ids = Array.from({ length: letters }, (_, n) => `m-${n}`);
  for (let sent = 0; sent < letters; sent += 500) {
    await send(...ids.slice(sent, sent + 500).map((messageId) => ({ messageId, body: { messageId } })));
  }
  const receiver = client.createReceiver(queue);
  for (let left = letters; left > 0; ) {
    const received = await receiver.receiveMessages(Math.min(left, 50));
    // Whose peek-lock is over before, on a busy machine, comes again.
    const settled = await Promise.allSettled(
      received.map((message) =>
        receiver.deadLetterMessage(message, {
          deadLetterReason: 'MaxDeliveryCountExceeded',
          deadLetterErrorDescription: 'a test',
        }),
      ),
    );
    left -= settled.filter(({ status }) => status === 'fulfilled').length;
  }
  await receiver.close();

  const work = new Map<string, number>();
  await host(async ({ id }) => void work.set(id, (work.get(id) ?? 0) + 1));

  const random = new SeededRandom(Number(process.env['KILL_SEED'] ?? 22));
  const killed: Moment[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    const moment = moments[kill % moments.length] ?? 'any';
    const isKilled = await run(incident, moment, { count: random.integer(20) + 1, waitMs: random.integer(20) });
    if (isKilled) killed.push(moment);
    // Each is in at least one of three places: among the dead letters, on the queue, or done.
    const { active = [], locked = [], deadLettered = [] } = snapshot() ?? {};
    const there = new Set([...active, ...locked, ...deadLettered].map(({ messageId }) => messageId));
    expect(
      ids.filter((id) => !there.has(id) && !work.has(id)),
      `after kill ${kill + 1}, ${moment}`,
    ).toEqual([]);
  }
  expect(new Set(killed)).toEqual(new Set(moments));
  expect(killed.length).toBeGreaterThan(kills / 2);
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

/** Starts a re-drive and kills it at that moment. False if it had nothing left to do before. */
async function run(
  { settings, faults }: Pick<Awaited<ReturnType<typeof startIncident>>, 'settings' | 'faults'>,
  moment: Moment,
  { count, waitMs }: { readonly count: number; readonly waitMs: number },
): Promise<boolean> {
  const args = ['dead', 'redrive', '--verdict', 'never-started', '--batch', '5', '--reason', 'a test', '--yes'];
  const child = spawn(process.execPath, [program, ...args], {
    // It is patient with a store that is busy with all the rest.
    env: { PATH: process.env['PATH'], ...settings, LOCK_TTL: 'PT60S' },
    stdio: 'ignore',
  });
  let left = count;
  const reached = () => {
    left -= 1;
    if (moment === 'any') setTimeout(() => child.kill('SIGKILL'), waitMs);
    else if (left === 0) child.kill('SIGKILL');
    return undefined;
  };
  const isDead = ({ queue }: { readonly queue: string }) => queue.endsWith('/$DeadLetterQueue');
  if (moment === 'received' || moment === 'any') faults.onDelivery = (point) => (isDead(point) ? reached() : undefined);
  if (moment === 'sent') faults.onSend = reached;
  if (moment === 'removed') faults.onSettle = (point) => (isDead(point) ? reached() : undefined);
  await once(child, 'close');
  for (const name of ['onDelivery', 'onSend', 'onSettle'] as const) delete faults[name];
  return child.signalCode === 'SIGKILL';
}
