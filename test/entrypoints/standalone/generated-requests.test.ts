import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { lockBlobs } from '../../support/blob-containers.ts';
import { casesOf, depth } from '../../support/cases.ts';
import { SeededRandom } from '../../support/seeded-random.ts';
import { timeLimits } from '../../support/time-limits.ts';
import { type GeneratedRequest, generatedRequest } from './generated-request.ts';
import { startEngines } from './process-fixture.ts';

const count = casesOf('requests of any kind');
const seed = Number(process.env['FUZZ_SEED'] ?? 1);
const atOnce = 40;

it(`${count} generated requests leave a host as it was`, async () => {
  const { startHost, inspect, locks, queue } = await startEngines({ onTestFinished, peekLockMs: 60_000 });
  // A host that kept a little of each request would run out of this.
  const host = startHost({ NODE_OPTIONS: '--max-old-space-size=128' });
  const address = /http:[^"]+/.exec(await host.line(/Ready on/))?.[0] ?? '';
  const port = Number(new URL(address).port);
  const random = new SeededRandom(seed);
  const bad: string[] = [];
  const memory: number[] = [];
  let left = count;
  let answered = 0;

  const client = async () => {
    while (left > 0) {
      left -= 1;
      if (left % Math.ceil(count / 10) === 0) memory.push(residentMegabytes(host.pid));
      const generated = generatedRequest(random);
      const answer = await send(port, generated, random.integer(20));
      if (answer !== '') answered += 1;
      const problem = badIn(generated, answer);
      if (problem !== undefined) bad.push(`${problem}: ${generated.bytes.toString('latin1', 0, 500)} -> ${answer}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));

  expect(bad).toEqual([]);
  expect(answered).toBeGreaterThan(count / 2);
  expect((await fetch(`${address}/api/health`)).status).toBe(200);
  expect((await fetch(`${address}/api/messages`, { method: 'POST', body: 'as before' })).status).toBe(202);
  // Half of the samples are of a process that still grows warm; after a few requests all of them are.
  const warm = depth === 'deep' ? memory.slice(memory.length / 2) : [0];
  expect(Math.max(...warm) - Math.min(...warm), `MB: ${memory.map(Math.round)}`).toBeLessThan(64);
  await expect.poll(() => inspect()).toMatchObject({ active: [], locked: [], deferred: [], scheduled: [] });
  let names = 0;
  for await (const { name } of lockBlobs(locks)) {
    names += 1;
    expect(name).toMatch(new RegExp(`^${queue}/lock-(?:[A-Za-z0-9_-]|~[0-9A-F]{2}|[.](?![.]))+[.]lock$`));
  }
  expect(names).toBeGreaterThan(0);
});

/** What came back until the connection was closed; empty if nothing did. */
function send(port: number, { bytes, manner }: GeneratedRequest, pauseMs: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const parts: Buffer[] = [];
    const limit = setTimeout(() => socket.destroy(), timeLimits.waitMs);
    socket
      .on('data', (part) => parts.push(part))
      .on('error', () => undefined)
      .on('end', () => socket.end())
      .on('close', () => {
        clearTimeout(limit);
        resolve(Buffer.concat(parts).toString('latin1'));
      });
    void write();

    async function write(): Promise<void> {
      if (manner === 'slow') {
        const half = bytes.length >> 1;
        socket.write(bytes.subarray(0, half));
        await delay(pauseMs);
        socket.write(bytes.subarray(half));
        return;
      }
      socket.write(bytes);
      if (manner === 'half-closed') socket.end();
      if (manner === 'broken-off') await delay(pauseMs).then(() => socket.destroy());
    }
  });
}

/** What must not be answered, if this was. */
function badIn({ method, manner }: GeneratedRequest, answer: string): string | undefined {
  const statuses = [...answer.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status = '']) => Number(status));
  const documented = /problem:(?:busy|unavailable|not-ready)"/.test(answer);
  if (statuses.some((status) => status >= 500 && !(status === 503 && (documented || method === 'HEAD'))))
    return 'A 5xx';
  if (/<script>/.test(answer.split('\r\n\r\n')[0] ?? '')) return 'Reflected';
  // Of CONNECT there is nothing to be answered: the connection is closed.
  const mustAnswer = manner === 'whole' && method !== 'CONNECT';
  return mustAnswer && statuses.length === 0 ? 'No answer' : undefined;
}

const residentMegabytes = (pid: number): number => {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0; // no /proc on this system: the bounded heap has to do
  }
};
