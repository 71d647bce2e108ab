import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isListening, takenPort } from '../../support/ports.ts';
import { startProgram } from '../../support/started-program.ts';
import { freePorts, portOf, startLocalHost } from './local-host-fixture.ts';

const withoutTimeAndPort = (line: string): string => line.replace(/^\S+/, '').replaceAll(/(127\.0\.0\.1):\d+/g, '$1');

/** The lines of a start that README shows, the last of them cut short. */
function shownByReadme(): readonly unknown[] {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  const lines =
    readme.match(/^\d\d:\d\d:\d\d\.\d{3}Z info {2}(?:Starting|The engines|Receiving|Ready|Open|Try) .*$/gm) ?? [];
  return lines.map((line) => {
    const [start = '', rest] = withoutTimeAndPort(line).split(' …');
    return rest === undefined ? start : expect.stringContaining(start);
  });
}

describe('npm start', () => {
  it('serves messages at once, shows their locks, and ends at Ctrl-C with all of its engines while work is under way', async () => {
    const { address, blobs, post, signalGroup, exited, lines } = await startLocalHost({ MESSAGE_HANDLER: 'scripted' });
    const accepted = await post('order-1', { steps: [{ name: 'charge' }] });
    expect(accepted.status).toBe(202);
    const status = async () => (await fetch(`${address}${accepted.headers.get('location')}`)).json();
    await expect.poll(status).toMatchObject({ messageId: 'order-1', status: 'completed', result: { steps: 1 } });
    const lock = await fetch(`${blobs}/locks/messages/lock-order-1.lock`);
    expect(lock.headers.get('x-ms-meta-state')).toBe('completed');
    expect(await lock.json()).toMatchObject({ state: 'completed', messageId: 'order-1' });

    expect(await (await fetch(address)).text()).toMatch(/>order-1<\/a> completed<\/li>/);

    await post('order-2', { steps: [{ name: 'charge', ms: 60_000 }] });
    const evidence = async () => (await fetch(`${blobs}/effects/messages/lock-order-2.lock.jsonl`)).status;
    await expect.poll(evidence).toBe(200);
    signalGroup('SIGINT');
    // 0 says that nothing was ended by force.
    expect(await exited).toEqual({ code: 0, signal: null });
    expect(lines.join('\n')).toContain('SIGINT: stopping.');
    expect(lines.join('\n')).toContain('Message order-2: attempt 1 given up, released for the next at once.');
    expect(await isListening(portOf(address))).toBe(false);
    expect(await isListening(portOf(blobs))).toBe(false);
  });

  it('says what it does while it starts, in lines for people, and ends with a first request that works', async () => {
    const { lines, line } = startProgram('src/entrypoints/local/main.ts', { ...freePorts, LOG_FORMAT: 'pretty' });
    const request = (await line(/Try it/)).replace(/^.*Try it in another terminal: {2}/, '');
    const told = [
      /^\d\d:\d\d:\d\d\.\d{3}Z info {2}Starting Azurite/,
      / info {2}The engines run\. Blobs can be read at http:/,
      / info {2}Receiving from the queue messages\.$/,
      / info {2}Ready on http:[/][/]127\.0\.0\.1:\d+$/,
      / info {2}Open http:[/][/]127\.0\.0\.1:\d+ in a browser to see what it does\.$/,
      / info {2}Try it in another terminal/,
    ];
    const steps = lines.filter((each) => !each.includes('still at it'));
    expect(steps).toEqual(told.map((pattern) => expect.stringMatching(pattern)));
    expect(steps.map(withoutTimeAndPort)).toEqual(shownByReadme());
    const { stdout } = spawnSync('sh', ['-c', `${request} -s`], { encoding: 'utf8' });
    expect(stdout).toMatch(/^HTTP\/1\.1 202 Accepted.*"messageId":"order-1"/s);
    await line(/ info {2}order-1 {2}completed, the lock is kept as completed\./);
  });

  it('tells the problems of its settings one a line, without a stack', async () => {
    const settings = { LOCK_TTL: 'x', PORT: '-1', LOG_FORMAT: 'pretty', LOCK_TLL: 'PT30S' };
    const { lines, exited } = startProgram('src/entrypoints/local/main.ts', settings);
    expect(await exited).toEqual({ code: 1, signal: null });
    expect(lines).toEqual([
      expect.stringMatching(/ error The settings cannot be used:$/),
      expect.stringMatching(/^ {2}- LOCK_TTL is "x"/),
      expect.stringMatching(/^ {2}- PORT is "-1"/),
      expect.stringMatching(/^ {2}- LOCK_TLL is not a setting .*LOCK_TTL/),
    ]);
  });

  it('names all bad settings at once, and starts nothing', async () => {
    const { lines, exited } = startProgram('src/entrypoints/local/main.ts', {
      PORT: '-1',
      LOCK_TTL: '30',
      EMULATOR_BLOB_PORT: 'x',
    });
    expect(await exited).toEqual({ code: 1, signal: null });
    expect(lines).toHaveLength(1);
    const { level, message } = JSON.parse(lines[0] ?? '');
    expect(level).toBe('error');
    expect(message).toMatch(/^The settings cannot be used:\n(- .*\n){2}- .*$/);
    for (const name of ['PORT is "-1"', 'LOCK_TTL is "30"', 'EMULATOR_BLOB_PORT is "x"'])
      expect(message).toContain(name);
  });

  it('names the ports that are taken, with the settings that change them', async () => {
    const [blobPort, serviceBusPort] = [await takenPort(), await takenPort()];
    const { lines, exited } = startProgram('src/entrypoints/local/main.ts', {
      PORT: '0',
      EMULATOR_BLOB_PORT: String(blobPort),
      EMULATOR_SERVICE_BUS_PORT: String(serviceBusPort),
    });
    expect(await exited).toEqual({ code: 1, signal: null });
    const { level, message } = JSON.parse(lines.at(-1) ?? '');
    expect(level).toBe('error');
    expect(message).toMatch(new RegExp(`port ${blobPort} .*It is set by EMULATOR_BLOB_PORT; 0 takes a free port`));
    expect(message).toMatch(new RegExp(`port ${serviceBusPort} .*It is set by EMULATOR_SERVICE_BUS_PORT`));
  });
});
