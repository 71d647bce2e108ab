import { describe, expect, it } from 'vitest';
import type { HandlerContext, MessageHandler } from '../../../src/application/ports/message-handler.ts';
import type { ProcessSettings } from '../../../src/application/settings/process-settings.ts';
import { durationMs, seconds } from '../../../src/domain/time.ts';
import { newContainer } from '../../support/blob-containers.ts';
import { blobProxy, type ProxiedRequest } from '../../support/blob-proxy.ts';
import { delivery, redelivery } from '../../support/deliveries.ts';
import type { QuietClock } from '../../support/quiet-clock.ts';
import { WireInstance } from '../../support/wire-instance.ts';

const ttl = seconds(30);
const create = 'PUT if absent';
const write = 'PUT if unchanged';
const read = 'GET';

type Work = (context: HandlerContext, clock: QuietClock) => Promise<unknown>;

/** An instance, and in `line` what passed on the wire to its locks, with `work` where the handler began. */
async function start({ work = async () => undefined, ...settings }: Partial<ProcessSettings> & { work?: Work } = {}) {
  const line: string[] = [];
  const proxy = await blobProxy((request) => {
    line.push(described(request));
    return undefined;
  });
  const handler: MessageHandler = (_message, context) => {
    line.push('work');
    return work(context, instance.clock);
  };
  const instance = new WireInstance(proxy, await newContainer(), {
    handler,
    settings: { lockTtlMs: ttl, ...settings },
  });
  /** What passed during one run. */
  const run = async (...[changes]: Parameters<typeof delivery>) => {
    const before = line.length;
    await instance.run(delivery(changes)).catch(() => undefined);
    return line.slice(before);
  };
  return { run };
}

function described({ method, headers }: ProxiedRequest): string {
  if (headers['if-none-match'] === '*') return `${method} if absent`;
  return headers['if-match'] === undefined ? method : `${method} if unchanged`;
}

describe('The requests to the lock of a message', () => {
  it('are two if all goes well, one before the work and one after it', async () => {
    const { run } = await start();
    expect(await run()).toEqual([create, 'work', write]);
  });

  it('are one more for each step', async () => {
    const step: Work = async ({ step }) => {
      await step('reserve', () => 1);
      await step('charge', () => 2);
      await step('ship', () => 3);
    };
    const { run } = await start({ work: step });
    expect(await run()).toEqual([create, 'work', write, write, write, write]);
  });

  it('are two more for a step that runs at most once', async () => {
    const { run } = await start({ work: ({ step }) => step('charge', () => 1, { atMostOnce: true }) });
    expect(await run()).toEqual([create, 'work', write, write, write]);
  });

  it.each([
    [9.9, 0],
    [10.1, 1],
    [19.9, 1],
    [25, 2],
    [65, 6],
  ])('are, beside work of %d s under a ttl of 30 s, one more for each of %d heartbeats', async (length, heartbeats) => {
    const { run } = await start({ work: (_context, clock) => clock.sleep(seconds(length)) });
    expect(await run()).toEqual([create, 'work', ...Array(heartbeats).fill(write), write]);
  });

  it('hold no heartbeat as long as steps come more often than it is due', async () => {
    const work: Work = async ({ step }, clock) => {
      for (let nth = 0; nth < 4; nth += 1) {
        await clock.sleep(durationMs(9_900));
        await step('charge', () => nth);
      }
    };
    const { run } = await start({ work });
    expect(await run()).toEqual([create, 'work', write, write, write, write, write]);
  });

  it('are one for a message that is delivered again though its work is done', async () => {
    const { run } = await start();
    await run();
    expect(await run(redelivery())).toEqual([read]);
  });

  it('are two for a second message under the ID of one whose work is done', async () => {
    const { run } = await start();
    await run();
    expect(await run({ physical: { sequenceNumber: '2', enqueuedTime: '2024-01-01T00:00:30.000Z' } })).toEqual([
      create,
      read,
    ]);
  });

  it('are two if a completed lock is not kept: the second deletes it', async () => {
    const { run } = await start({ keepsCompleted: false });
    expect(await run()).toEqual([create, 'work', 'DELETE if unchanged']);
  });

  it('are three for a message that is delivered again to be worked on', async () => {
    const { run } = await start();
    expect(await run(redelivery())).toEqual([read, create, 'work', write]);
  });

  it('are two for work that fails, and three for its next attempt', async () => {
    let attempts = 0;
    const work: Work = async () => {
      attempts += 1;
      if (attempts === 1) throw new Error('no stock');
    };
    const { run } = await start({ work });
    expect(await run()).toEqual([create, 'work', write]);
    expect(await run(redelivery())).toEqual([read, write, 'work', write]);
  });
});
