import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/entrypoints/composition/config.ts';
import { startStandaloneHost } from '../../../src/entrypoints/standalone/standalone-host.ts';
import { SeededRandom } from '../../support/seeded-random.ts';
import { newLog } from '../standalone/standalone-fixture.ts';
import { startIncident } from './isb-fixture.ts';

const program = fileURLToPath(new URL('../../../src/entrypoints/operator/main.ts', import.meta.url));

/** How many runs are killed: some beside others' work, many where the machine is one's own. */
const kills = Number(process.env['KILLS'] ?? 8);

describe('isb locks move', () => {
  it('moves the locks of a stopped host there and back; only a host that looks for them there starts, and does no work again', async () => {
    const { send, isb, settings, snapshot, locks, queue, client } = await startIncident();
    const work = new Map<string, number>();
    const start = (spread: 'on' | 'off') =>
      startStandaloneHost(readConfig({ ...settings, LOCK_SPREAD: spread, STARTUP_TIMEOUT: 'PT5S' }), newLog().log, {
        handler: async ({ id }) => {
          work.set(id, (work.get(id) ?? 0) + 1);
          if (id === 'fails') throw new Error('as asked');
        },
      });
    const names = async () => {
      const found: string[] = [];
      for await (const { name } of locks.listBlobsFlat()) if (name.endsWith('.lock')) found.push(name);
      return found;
    };
    const untilSettled = () =>
      expect.poll(() => [snapshot()?.active.length, snapshot()?.locked.length]).toEqual([0, 0]);

    const flat = await start('off');
    await send(...['m-1', 'm-2', 'order/ä'].map((messageId) => ({ messageId, body: { messageId } })));
    await untilSettled();
    await expect(start('on')).rejects.toThrow('are not spread over folders, but LOCK_SPREAD is on');
    // The host has just written: it may be at work.
    expect(await isb('locks', 'move', '--to', 'spread', '--yes')).toMatchObject({ code: 4 });
    await flat.stop();

    expect(await isb('locks', 'move', '--to', 'tree')).toMatchObject({ code: 2 });
    await expect.poll(async () => (await isb('locks', 'move', '--to', 'spread')).err).toContain('Would move 3 locks');
    const moved = await isb('locks', 'move', '--to', 'spread', '--yes', '--json');
    expect(moved).toMatchObject({ code: 0, rows: [{ kind: 'moved', moved: 3 }] });
    expect(await names()).toEqual(
      expect.arrayContaining([expect.stringMatching(`^${queue}/[0-9a-f]{2}/lock-m-1.lock$`)]),
    );
    await expect(start('off')).rejects.toThrow('are spread over folders, but LOCK_SPREAD is off');

    const spread = await start('on');
    await send(...['m-1', 'm-2', 'order/ä', 'm-3'].map((messageId) => ({ messageId, body: { messageId } })));
    await expect.poll(() => work.get('m-3')).toBe(1);
    await untilSettled();
    await send({ messageId: 'fails', body: {} });
    // Operators find them without being told where.
    await expect.poll(async () => (await isb('locks', 'show', 'm-1', '--json')).rows[0]?.['state']).toBe('completed');
    await expect
      .poll(async () => (await isb('locks', 'show', 'fails', '--json')).rows[0]?.['lastError'])
      .toContain('as asked');
    await spread.stop();
    expect(await isb('locks', 'list', '--json', '--state', 'completed')).toMatchObject({
      code: 0,
      rows: { length: 4 },
    });
    expect((await isb('status', '--json')).rows).toMatchObject([{ locks: { completed: { count: 4 } } }]);
    const receiver = client.createReceiver(queue);
    for (const message of await receiver.receiveMessages(1)) await receiver.deadLetterMessage(message);
    await receiver.close();
    expect((await isb('dead', 'list', '--json')).rows).toMatchObject([{ messageId: 'fails', verdict: 'interrupted' }]);
    expect([...work].filter(([id]) => id !== 'fails').map(([, count]) => count)).toEqual([1, 1, 1, 1]);

    await expect.poll(async () => (await isb('locks', 'move', '--to', 'flat', '--yes')).code).toBe(0);
    expect(await names()).toEqual(expect.arrayContaining([`${queue}/lock-m-3.lock`, `${queue}/lock-fails.lock`]));
    expect(await names()).toHaveLength(5);
  });

  it('killed at any moment loses no lock, is gone on with, and until then no host starts', async () => {
    const { isb, settings, locks, queue, host } = await startIncident();
    const started = await host(async () => undefined);
    await started.stop();
    const ids = Array.from({ length: 30 * kills }, (_, n) => `m-${n}`);
    const record = (id: string) => ({
      schema: 2,
      state: 'completed',
      messageId: id,
      owner: `o-${id}`,
      host: 'host/1',
      writeId: `o-${id}:2`,
      ttlMs: 5000,
      fingerprint: 'jcs1:0',
      physical: { sequenceNumber: '1', enqueuedTime: '' },
      attempt: 1,
      failures: 0,
      crashes: 0,
      retryAfterMs: 0,
      steps: [],
      result: null,
      lastError: null,
      further: 'of a later version',
    });
    await Promise.all(
      ids.map((id) => {
        const text = JSON.stringify(record(id));
        const blob = locks.getBlockBlobClient(`${queue}/lock-${id}.lock`);
        return blob.upload(text, Buffer.byteLength(text), { metadata: { messageid: id, state: 'completed' } });
      }),
    );
    const places = async () => {
      const found = new Map<string, string[]>();
      for await (const { name } of locks.listBlobsFlat()) {
        const [, folder = '', id = ''] = /^[^/]+[/](?:([0-9a-f]{2})[/])?lock-(.*)\.lock$/.exec(name) ?? [];
        if (id !== '') found.set(id, [...(found.get(id) ?? []), folder]);
      }
      return found;
    };
    await expect
      .poll(async () => (await isb('locks', 'move', '--to', 'spread')).err)
      .toContain(`Would move ${ids.length} locks`);

    const random = new SeededRandom(Number(process.env['KILL_SEED'] ?? 23));
    const countMoved = async () => [...(await places()).values()].filter(([folder]) => folder !== '').length;
    for (let kill = 0; kill < kills; kill += 1) {
      // So many more are moved then.
      const least = Math.min((await countMoved()) + random.integer(30) + 1, ids.length - 1);
      await killedRun(settings, async () => (await countMoved()) >= least);
      const found = await places();
      expect(
        ids.filter((id) => !found.has(id)),
        `after kill ${kill + 1}`,
      ).toEqual([]);
    }
    expect(await countMoved()).toBeGreaterThan(0);
    await expect
      .poll(async () => (await isb('locks', 'move', '--to', 'spread', '--yes')).err)
      .toContain('All are there now: start with LOCK_SPREAD=on.');
    const found = await places();
    for (const id of ids) expect(found.get(id)).toEqual([expect.stringMatching(/^[0-9a-f]{2}$/)]);
    const { rows } = await isb('locks', 'show', 'm-7', '--json');
    expect(rows[0]).toMatchObject({ state: 'completed', owner: 'o-m-7', further: { further: 'of a later version' } });
    await expect(startStandaloneHost(readConfig(settings), newLog().log)).rejects.toThrow('LOCK_SPREAD is off');
  });
});

/** A move that is killed as soon as `isTime`. */
async function killedRun(settings: Readonly<Record<string, string>>, isTime: () => Promise<boolean>): Promise<void> {
  const child = spawn(process.execPath, [program, 'locks', 'move', '--to', 'spread', '--yes'], {
    env: { PATH: process.env['PATH'], ...settings },
    stdio: 'ignore',
  });
  const closed = new Promise((resolve) => child.once('close', resolve));
  while (child.exitCode === null && !(await isTime()));
  child.kill('SIGKILL');
  await closed;
}
