import { request } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../../../src/entrypoints/composition/config.ts';
import { startStandaloneHost } from '../../../src/entrypoints/standalone/standalone-host.ts';
import { casesTimes } from '../../support/cases.ts';
import { SeededRandom } from '../../support/seeded-random.ts';
import { emptyQueue, newLog, startEngines } from './standalone-fixture.ts';

const clients = 100;
const sends = 6 * casesTimes;

it(`100 clients that each send their key ${sends} times, with answers cut at random, have exactly 100 effects`, async () => {
  const { emulator, queue, settings } = await startEngines();
  const effects: string[] = [];
  const config = readConfig({ ...settings, MAX_CONCURRENT_CALLS: '32' });
  const host = await startStandaloneHost(config, newLog().log, {
    handler: async ({ id }) => void effects.push(id),
  });
  onTestFinished(() => host.stop());
  const random = new SeededRandom(20);
  const outcomes = new Map<string, number>();

  const client = async (name: string) => {
    for (let nth = 1; nth <= sends; nth += 1) {
      // Whoever gives up after a cut answer has no promise: the last one is read.
      const cutAfterMs = nth < sends && random.chance(0.5) ? random.integer(20) : undefined;
      let outcome = await post(host.address, name, cutAfterMs);
      while (outcome === '503' && nth === sends) outcome = await post(host.address, name, undefined);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, index) => client(`client-${index}`)));

  expect([...outcomes.keys()].sort()).toEqual(['202', 'cut']);
  expect(outcomes.get('cut')).toBeGreaterThan(clients / 2);
  await expect.poll(() => emulator.inspect(queue)).toEqual(emptyQueue);
  expect(effects.length).toBe(clients);
  expect(new Set(effects).size).toBe(clients);
});

/** Sends an order. The answer's status, or `cut` if the connection was broken off before. */
function post(address: string, key: string, cutAfterMs: number | undefined): Promise<string> {
  return new Promise((resolve) => {
    const headers = { 'idempotency-key': `"${key}"`, 'content-type': 'application/json' };
    const sent = request(`${address}/api/messages`, { method: 'POST', headers, agent: false }, (response) => {
      response.resume().once('close', () => resolve(response.complete ? String(response.statusCode) : 'cut'));
    });
    sent.once('error', () => resolve('cut'));
    sent.end(JSON.stringify({ order: key }));
    if (cutAfterMs !== undefined) {
      const timer = setTimeout(() => sent.destroy(), cutAfterMs);
      sent.once('close', () => clearTimeout(timer));
    }
  });
}
