import { startServiceBusEmulator, times } from 'service-bus-emulator';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fingerprint } from '../../../src/domain/fingerprint.ts';
import { lockDocument } from '../../../src/domain/lock-document.ts';
import { readConfig } from '../../../src/entrypoints/composition/config.ts';
import { startStandaloneHost } from '../../../src/entrypoints/standalone/standalone-host.ts';
import { heldBy } from '../../support/lock-records.ts';
import { paced } from '../../support/machine-speed.ts';
import { freePort, takenPort } from '../../support/ports.ts';
import { emptyQueue, newLog, startEngines, startHost } from './standalone-fixture.ts';

/** The sockets that keep this process alive. */
const sockets = () => process.getActiveResourcesInfo().filter((resource) => resource.startsWith('TCP')).length;

describe('A standalone host that cannot start', () => {
  it.each([
    [
      'the store is gone',
      async () => ({
        LockStorage: `DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;BlobEndpoint=http://127.0.0.1:${await freePort()}/a;`,
      }),
      /^The container "test-.*" of http:\/\/127\.0\.0\.1:\d+\/a cannot be used: .*ECONNREFUSED.* LockStorage\. The start was given up after \d+ s \(STARTUP_TIMEOUT\)\.$/,
    ],
    [
      'the container of the locks is missing',
      async () => ({ LOCK_CONTAINER: 'missing' }),
      /^The container "missing" of http\S+ cannot be used: the answer was 404 ContainerNotFound\. Create .* LockStorage\.$/,
    ],
    [
      'the namespace is gone',
      async () => ({
        ServiceBusConnection: `Endpoint=sb://127.0.0.1:${await freePort()};SharedAccessKeyName=a;SharedAccessKey=b;UseDevelopmentEmulator=true;`,
      }),
      /^The queue q-\S+ cannot be reached\. Check ServiceBusConnection.* given up after \d+ s \(STARTUP_TIMEOUT\)\.$/,
    ],
    [
      'there is no such queue',
      async () => ({ QUEUE_NAME: 'missing' }),
      /^There is no queue missing\. Check QUEUE_NAME, or create the queue\.$/,
    ],
  ])('says so when %s, and leaves nothing behind', async (_what, settings, words) => {
    const engines = await startEngines();
    const before = sockets();
    // Long enough that this machine gets the refusals in time.
    const STARTUP_TIMEOUT = `PT${Math.ceil(paced(1500) / 1000)}S`;
    const config = readConfig({ ...engines.settings, STARTUP_TIMEOUT, ...(await settings()) });
    await expect(startStandaloneHost(config, newLog().log)).rejects.toThrow(words);
    await expect.poll(sockets).toBeLessThanOrEqual(before);
  });

  it('refuses locks that are laid out otherwise than set, and takes nothing off the queue', async () => {
    const { settings, send, emulator, queue, lockBlob } = await startEngines();
    const flat = await startStandaloneHost(readConfig(settings), newLog().log);
    await flat.stop();
    await send({ messageId: 'm-1', body: {} });
    const spread = startStandaloneHost(readConfig({ ...settings, LOCK_SPREAD: 'on' }), newLog().log);
    await expect(spread).rejects.toThrow(
      `The locks of the scope "${queue}" are not spread over folders, but LOCK_SPREAD is on`,
    );
    expect(emulator.inspect(queue)).toMatchObject({ active: [{ messageId: 'm-1', deliveryCount: 0 }], locked: [] });
    expect(await lockBlob('m-1')).toBeUndefined();
  });

  it('names the port that is taken, takes nothing off the queue, and leaves nothing behind', async () => {
    const { settings, send, emulator, queue, lockBlob } = await startEngines();
    await send({ messageId: 'm-1', body: { steps: [{ name: 'charge', ms: 60_000 }] } });
    const port = await takenPort();
    const before = sockets();
    const config = readConfig({ ...settings, PORT: String(port), MESSAGE_HANDLER: 'scripted' });
    await expect(startStandaloneHost(config, newLog().log)).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is taken. Set PORT to another one`,
    );
    await expect.poll(sockets).toBeLessThanOrEqual(before);
    expect(emulator.inspect(queue)).toMatchObject({ active: [{ messageId: 'm-1', deliveryCount: 0 }], locked: [] });
    expect(await lockBlob('m-1')).toBeUndefined();
  });

  it('takes nothing off the queue before the store has answered', async () => {
    const { settings, send, emulator, queue } = await startEngines();
    await send({ messageId: 'm-1', body: 'x' });
    const config = readConfig({ ...settings, LOCK_CONTAINER: 'missing' });
    await expect(startStandaloneHost(config, newLog().log)).rejects.toThrow('The container "missing"');
    expect(emulator.inspect(queue)).toMatchObject({ active: [{ messageId: 'm-1', deliveryCount: 0 }], locked: [] });
  });
});

describe('A standalone host that starts before its queue answers', () => {
  it('goes on asking, says for how long, and starts once it answers', async () => {
    const { settings, queue } = await startEngines();
    const port = await freePort();
    const ServiceBusConnection = `Endpoint=sb://127.0.0.1:${port};SharedAccessKeyName=a;SharedAccessKey=b;UseDevelopmentEmulator=true;`;
    const { log, lines } = newLog();
    const starting = startStandaloneHost(readConfig({ ...settings, ServiceBusConnection }), log);
    await expect
      .poll(() => lines)
      .toMatchObject([
        {
          level: 'warn',
          message: expect.stringMatching(
            /^The queue \S+ cannot be reached\. .* Trying again for up to (30|2\d) s \(STARTUP_TIMEOUT\)\.$/,
          ),
        },
      ]);
    const late = await startServiceBusEmulator({ port, entities: { queues: [{ name: queue }] } });
    onTestFinished(() => late.close());
    const host = await starting;
    onTestFinished(() => host.stop());
    expect((await fetch(`${host.address}/api/health`)).status).toBe(200);
  });

  it('ends at once when it is told to', async () => {
    const { settings } = await startEngines();
    const ServiceBusConnection = `Endpoint=sb://127.0.0.1:${await freePort()};SharedAccessKeyName=a;SharedAccessKey=b;UseDevelopmentEmulator=true;`;
    const config = readConfig({ ...settings, ServiceBusConnection, STARTUP_TIMEOUT: 'PT1H' });
    const over = new AbortController();
    const { log, lines } = newLog();
    const before = sockets();
    const starting = startStandaloneHost(config, log, { over: over.signal });
    const ended = expect(starting).rejects.toThrow('told to stop');
    await expect.poll(() => lines).toHaveLength(1);
    over.abort(new Error('told to stop'));
    await ended;
    await expect.poll(sockets).toBeLessThanOrEqual(before);
  });
});

describe('A standalone host', () => {
  it('tells what its settings give up', async () => {
    const { lines } = await startHost({ ACTIVE_LOCK_WAIT: 'PT0S', COMPLETED_RETENTION: 'PT0S' });
    expect(lines.filter(({ level }) => level === 'warn')).toMatchObject([
      { message: expect.stringContaining('ACTIVE_LOCK_WAIT is PT0S') },
      { message: expect.stringContaining('COMPLETED_RETENTION is PT0S') },
    ]);
  });

  it('keeps HTTP connections as long as its setting says, and by default longer than most proxies do', async () => {
    const kept = async (settings: Readonly<Record<string, string>>) => {
      const { host } = await startHost(settings);
      return (await fetch(`${host.address}/api/health/live`)).headers.get('keep-alive');
    };
    expect(await kept({})).toBe('timeout=120');
    expect(await kept({ KEEP_ALIVE_TIMEOUT: 'PT5M' })).toBe('timeout=300');
  });

  it('goes on when its broker was gone and is back, and tells of both', async () => {
    const { emulator, queue, post, untilStatus, untilLogged, lines } = await startHost();
    await post('before', '1');
    await untilStatus('before', 'completed');
    await emulator.close();
    await untilLogged(`The queue ${queue} cannot be reached.`);
    const refused = await post('meanwhile', '1');
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ messageId: 'meanwhile' });

    const back = await startServiceBusEmulator({ port: emulator.port, entities: { queues: [{ name: queue }] } });
    onTestFinished(() => back.close());
    const receiving = () => lines.filter(({ event }) => event === 'receiving');
    await expect.poll(() => receiving().length).toBe(2);
    await expect.poll(async () => (await post('meanwhile', '1')).status).toBe(202);
    await untilStatus('meanwhile', 'completed');
    await expect.poll(() => back.inspect(queue)).toEqual(emptyQueue);
  });

  it('skips what it completed when the peek-lock ended before the settlement', async () => {
    const { faults, post, untilQueue, untilLogged, lines } = await startHost();
    faults.onSettle = times(1, 'end-lock');
    await post('order-1', '1');
    await untilLogged('Message order-1 could not be settled as complete: it can be delivered again.');
    await untilLogged('Message order-1: already completed, this duplicate is skipped.');
    await untilQueue(emptyQueue);
    expect(lines.filter(({ event }) => event === 'created')).toHaveLength(1);
  });

  it('that stops ends its work, releases the lock with the steps that are done, and leaves nothing behind', async () => {
    const before = sockets();
    const { host, postScript, evidence, lockBlob, emulator, queue, lines } = await startHost({
      MESSAGE_HANDLER: 'scripted',
    });
    await postScript('order-1', { name: 'reserve' }, { name: 'charge', ms: 60_000 });
    await expect.poll(() => evidence('order-1')).toHaveLength(2);
    await host.stop();
    expect((await lockBlob('order-1'))?.metadata).toMatchObject({ state: 'released' });
    expect(JSON.parse((await lockBlob('order-1'))?.bytes.toString() ?? '')).toMatchObject({
      steps: [{ name: 'reserve', status: 'finished' }, { name: 'charge' }],
    });
    expect(emulator.inspect(queue)).toMatchObject({ active: [{ deliveryCount: 1 }], locked: [], deadLettered: [] });
    expect(lines.at(-1)).toMatchObject({
      event: 'delivery-failed',
      error: expect.objectContaining({ name: 'ShutdownError' }),
    });
    await expect(fetch(host.address)).rejects.toThrow();
    await emulator.close();
    await expect.poll(sockets).toBeLessThanOrEqual(before);
  });

  it('that stops gives back at once what only waits, and says why', async () => {
    const { host, lines, locks, queue, emulator, post } = await startHost();
    const stored = lockDocument(heldBy('another', { fingerprint: fingerprint('not-compared:1') }));
    await locks.getBlockBlobClient(`${queue}/lock-m-1.lock`).upload(stored, Buffer.byteLength(stored));
    await post('m-1', '1');
    await expect.poll(() => emulator.inspect(queue).locked).toHaveLength(1);
    await host.stop();
    expect(emulator.inspect(queue)).toMatchObject({ active: [{ deliveryCount: 1 }], locked: [], deadLettered: [] });
    expect(lines.at(-1)).toMatchObject({ message: 'The host stopped before message ID m-1 was done.' });
  });
});
