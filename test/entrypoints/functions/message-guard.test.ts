import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { LoadedApp } from '../../support/functions/loaded-app.ts';
import type { BrokerMessage } from '../../support/functions/trigger-input.ts';
import { StandInBlobService } from '../../support/stand-in-blob-service.ts';
import { until } from '../../support/until.ts';

let storage: StandInBlobService;
let folder: string;
let app: LoadedApp;

const fixture = join(import.meta.dirname, '../../support/functions/guarded-app.ts');

const load = (settings: Readonly<Record<string, string>> = {}, entry = fixture): Promise<LoadedApp> =>
  LoadedApp.load(folder, relative(folder, entry), {
    LockStorage: storage.connectionString,
    ORDERS_QUEUE: 'Orders',
    ...settings,
  });

beforeAll(async () => {
  storage = await new StandInBlobService().start();
  folder = mkdtempSync(join(tmpdir(), 'guarded-app-'));
  cpSync('host.json', join(folder, 'host.json'));
  app = await load();
});
afterAll(async () => {
  await app?.terminate();
  storage?.close();
  rmSync(folder, { recursive: true });
});

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** What a handler told of, the error if there was one, and how often the store was asked. */
async function deliver(name: string, message: BrokerMessage) {
  const before = storage.requests.length;
  const { error, logs } = await app.deliver(message, undefined, name);
  const lines = logs.map((log) => JSON.parse(log.message));
  const told = lines.flatMap((line) => (line.told === undefined ? [] : [line.told]));
  return { error, told, lines, requests: storage.requests.length - before };
}

const lock = (name: string) => JSON.parse(storage.blobs.get(`locks/${name}.lock`)?.content.toString() ?? 'null');

describe('A guarded function', () => {
  it('is registered with its own options, what the guard must set, and nothing else', () => {
    expect(app.error).toBeUndefined();
    const set = { cardinality: 'one', autoCompleteMessages: true, dataType: 'binary', connection: 'Bus' };
    const { name: _queue, properties: _library, ...orders } = app.trigger('orders');
    expect(orders).toEqual({ ...set, type: 'serviceBusTrigger', direction: 'in', queueName: '%ORDERS_QUEUE%' });
    expect(app.trigger('images')).toMatchObject({ ...set, isSessionsEnabled: true });
    expect(app.trigger('billing')).toMatchObject({ ...set, topicName: 'Invoices', subscriptionName: 'billing' });
    expect(app.trigger('sweepLocks')).toMatchObject({ type: 'timerTrigger' });
    expect(app.hooks).toEqual(['appStart', 'appTerminate']);
  });

  it.each<[string, Buffer, unknown]>([
    ['JSON', json({ n: 1 }), { n: 1 }],
    ['text', Buffer.from('hello'), 'hello'],
    ['a number of too many digits, as the host rounds it', Buffer.from('12345678901234567890'), 12345678901234567000],
  ])('gets %s as it would without a guard, and the content exact', async (what, body, expected) => {
    const { error, told } = await deliver('orders', { body, messageId: `as-unguarded ${what}` });
    expect(error).toBeUndefined();
    expect(told).toMatchObject([{ functionName: 'orders', body: expected, attempt: 1 }]);
  });

  it('gets bytes if it asked for them', async () => {
    const { told } = await deliver('images', { body: Buffer.from([0xff, 0]), messageId: 'i-1' });
    expect(told).toMatchObject([{ body: { bytes: [0xff, 0] } }]);
  });

  it('gets what the sender set, beside what the host gives it', async () => {
    const { told } = await deliver('orders', {
      body: json({}),
      messageId: 'sent',
      contentType: 'application/json',
      applicationProperties: { 'Trace-Id': 'x', big: 7 },
      sent: { Subject: '"placed"', CorrelationId: '007', SessionId: '1e3' },
    });
    expect(told[0].sent).toMatchObject({
      id: 'sent',
      contentType: 'application/json',
      content: { kind: 'json', value: {} },
      properties: { 'Trace-Id': 'x', big: 7 },
      ...{ subject: '"placed"', correlationId: '007', sessionId: '1e3', deliveryCount: 1, sequenceNumber: '41' },
    });
  });

  it('costs two requests for a message, one for each step, one for a redelivery, two for a duplicate that looks new', async () => {
    const message = { body: json({ steps: 3 }), messageId: 'counted' };
    expect(await deliver('orders', { ...message, body: json({}), messageId: 'plain' })).toMatchObject({ requests: 2 });
    expect(await deliver('orders', message)).toMatchObject({ requests: 2 + 3 });
    expect(await deliver('orders', { ...message, deliveryCount: 2 })).toMatchObject({ requests: 1, told: [] });
    expect(await deliver('orders', { ...message, sequenceNumber: 42 })).toMatchObject({ requests: 2, told: [] });
  });

  it('is run again when it fails, and resumes what is done', async () => {
    const message = { body: json({ fail: 'once', steps: 1 }), messageId: 'fails-once' };
    expect((await deliver('orders', message)).error).toContain('not the first time');
    expect(lock('orders/lock-fails-once')).toMatchObject({ state: 'released', steps: [{ name: 'step 0' }] });
    expect(await deliver('orders', { ...message, deliveryCount: 2 })).toMatchObject({ told: [{ attempt: 2 }] });
    expect(lock('orders/lock-fails-once')).toMatchObject({ state: 'completed', attempt: 2 });
  });

  it('is not run again after it failed for good', async () => {
    const message = { body: json({ fail: 'always' }), messageId: 'fails' };
    expect((await deliver('orders', message)).error).toContain('failed for good: PermanentFailure: never');
    const again = await deliver('orders', { ...message, deliveryCount: 2 });
    expect(again).toMatchObject({ told: [], error: expect.stringContaining('failed for good') });
  });

  it('may return what a lock cannot keep, as the host ignores it', async () => {
    const { error, lines } = await deliver('images', { body: Buffer.from([1]), messageId: 'i-2' });
    expect(error).toBeUndefined();
    expect(lock('pictures/lock-i-2')).toMatchObject({ state: 'completed' });
    expect(lock('pictures/lock-i-2').result).toBeUndefined();
    expect(lines).toContainEqual(expect.objectContaining({ event: 'result-not-kept', level: 'warn' }));
  });

  it('has locks of its own, also beside another subscription of its topic', async () => {
    const message = { body: json({}), messageId: 'shared' };
    for (const name of ['orders', 'images', 'billing', 'audit']) {
      expect((await deliver(name, message)).told).toHaveLength(1);
    }
    for (const scope of [
      'orders',
      'pictures',
      'invoices~2Fsubscriptions~2Fbilling',
      'invoices~2Fsubscriptions~2Faudit',
    ])
      expect(lock(`${scope}/lock-shared`)).toMatchObject({ state: 'completed' });
  });

  it('with a schema gets what that makes of the content, under the ID that idOf makes of it', async () => {
    expect(await deliver('checked', { body: json({ total: 5 }) })).toMatchObject({
      error: undefined,
      told: [{ body: { isChecked: true }, sent: { id: 'total-5' } }],
    });
    expect(lock('checked/lock-total-5')).toMatchObject({ state: 'completed' });
  });

  it('with a schema does not run for content that does not fit: that fails for good', async () => {
    const { error, told } = await deliver('checked', { body: json({ total: 'five' }) });
    expect(told).toEqual([]);
    expect(error).toContain('failed for good: PermanentFailure: The content does not fit its schema: total: must be a');
    expect(lock('checked/lock-total-five')).toMatchObject({ state: 'failed' });
  });
});

describe('guard.once', () => {
  const once = async (options: object) => {
    const before = aboutLocks();
    const { status, body } = await app.request('once', 'http://localhost/api/once', {
      method: 'POST',
      body: JSON.stringify(options),
    });
    return { status, outcome: JSON.parse(body), requests: aboutLocks() - before };
  };
  const aboutLocks = () => storage.requests.filter((request) => request.endsWith('.lock')).length;

  it('does its work once, for two requests and one a step, and hands out the same result', async () => {
    const result = { at: new Date(0).toISOString() };
    const first = await once({ scope: 'nightly', id: '2026-11-29', content: { n: 1 } });
    expect(first).toEqual({ status: 200, outcome: { kind: 'done', result }, requests: 3 });
    const second = await once({ scope: 'nightly', id: '2026-11-29', content: { n: 1 } });
    expect(second).toEqual({ status: 200, outcome: { kind: 'done-before', result }, requests: 2 });
    expect(lock('nightly/lock-2026-11-29')).toMatchObject({ state: 'completed' });
  });

  it('keeps a failure for good', async () => {
    const failed = { kind: 'failed', error: 'PermanentFailure: as asked' };
    expect(await once({ scope: 'nightly', id: 'fails', fail: true })).toMatchObject({ outcome: failed });
    expect(await once({ scope: 'nightly', id: 'fails' })).toMatchObject({ outcome: failed });
    expect(await once({ scope: 'nightly', id: 'fails', again: true })).toMatchObject({ outcome: { kind: 'done' } });
  });

  it.each([
    [{ scope: 'orders', id: '1' }, 'The scope "orders" is that of the queue Orders.'],
    [{ scope: 'a b', id: '1' }, 'The scope of guard.once must be'],
    [{ scope: 'nightly', id: '' }, 'The id of guard.once must not be empty.'],
    [{ scope: 'nightly', id: '1', wait: '30s' }, 'The wait of guard.once is "30s", but must be like "PT30S".'],
    [{ scope: 'nightly', id: '1', content: '\ud800' }, 'The content of guard.once must be JSON, or bytes.'],
  ])('refuses what it cannot use: %j', async (options, words) => {
    await expect(once(options)).rejects.toThrow(words);
  });
});

describe('An app with guards', () => {
  it('sweeps the locks of every function and of once, each scope by itself', async () => {
    const { error, logs } = await app.tick('sweepLocks');
    expect(error).toBeUndefined();
    const swept = logs.map(({ message }) => JSON.parse(message)).filter(({ event }) => event === 'sweep');
    const scopes = ['checked', 'invoices/subscriptions/audit', 'invoices/subscriptions/billing', 'orders', 'pictures'];
    expect(swept.map(({ scope }) => scope).sort()).toEqual([...scopes, 'nightly'].sort());
  });

  it('needs no setting of Service Bus', () => {
    expect(app.error).toBeUndefined();
  });

  /** What an app says that does not start. One whose store says nothing in time starts, as on a busy machine: that one is loaded again. */
  const errorAtStart = (settings: Readonly<Record<string, string>>): Promise<string> =>
    until(async () => {
      const app = await load(settings);
      await app.terminate();
      if (app.error === undefined) throw new Error('The app starts.');
      return app.error;
    });

  it('does not start where locks are laid out otherwise than set, and starts where the store does not say', async () => {
    expect(await errorAtStart({ LOCK_SPREAD: 'on' })).toContain('are not spread over folders, but LOCK_SPREAD is on');
    const away = await load({ LockStorage: storage.connectionString.replace(/:\d+(?=[/]standin)/, ':1') });
    onTestFinished(async () => void (await away.terminate()));
    expect(away.error).toBeUndefined();
  });

  it('does not start where there is no container for the locks', async () => {
    expect(await errorAtStart({ LOCK_CONTAINER: 'missing' })).toContain(
      'in the container "missing": the answer was 404 ContainerNotFound. Create the container',
    );
  });

  /** An entry file that registers functions of its own with `guard`. */
  const entryOf = (name: string, registrations: string): string => {
    const entry = join(folder, name);
    const functions = join(process.cwd(), 'node_modules/@azure/functions/dist/azure-functions.js');
    writeFileSync(
      entry,
      `import { app } from ${JSON.stringify(functions)};
import { messageGuard } from ${JSON.stringify(join(import.meta.dirname, '../../../src/entrypoints/functions/index.ts'))};
const guard = messageGuard();
const handler = () => undefined;
${registrations}`,
    );
    return entry;
  };

  it('names the execution time of a guard as the host does, which has it from host.json', async () => {
    const source = `guard.queue({ queueName: 'q', connection: 'Bus', maxDeliveryCount: 5, handler })`;
    const entry = entryOf('few-deliveries.mjs', `app.serviceBusQueue('few', ${source});`);
    const app = await load({ LockStorage: storage.connectionString }, entry);
    onTestFinished(async () => void (await app.terminate()));
    expect(app.error).toContain('maxDeliveryCount is 5');
    expect(app.error).toContain('functionTimeout of host.json 300 s');
    expect(app.error).not.toContain('FUNCTION_TIMEOUT');
  });

  it('does not start if something is wrong, and names all of it at once, by function', async () => {
    const entry = entryOf(
      'broken.mjs',
      `const bad = { cardinality: 'many', autoCompleteMessages: false, sdkBinding: true, retry: {}, return: {}, scope: 'a b' };
app.serviceBusQueue('bad', guard.queue({ queueName: '%NOT_SET%', connection: 'Bus', ...bad, handler }));
const trigger = { topicName: 't', subscriptionName: 's', handler };
app.serviceBusTopic('one', guard.topic({ ...trigger, connection: 'Bus', maxDeliveryCount: 2 }));
app.serviceBusTopic('two', guard.topic({ ...trigger, connection: 'Other', maxDeliveryCount: 0 }));
`,
    );
    const app = await load(
      { LOCK_TTL: '30s', AzureFunctionsJobHost__extensions__serviceBus__prefetchCount: '100' },
      entry,
    );
    onTestFinished(async () => void (await app.terminate()));
    expect(app.functions.map(({ name }) => name)).toEqual(['sweepLocks', 'bad', 'one', 'two']);
    expect(app.error).toMatch(/^ConfigError: The settings cannot be used:\n/);
    const problems = app.error?.split('\n').slice(1) ?? [];
    for (const words of [
      'prefetchCount in host.json is 100',
      'LOCK_TTL is "30s"',
      'The guard of the queue %NOT_SET%: queueName is "%NOT_SET%", but there is no app setting NOT_SET.',
      "The guard of the queue %NOT_SET%: cardinality is 'many'.",
      'The guard of the queue %NOT_SET%: autoCompleteMessages is false.',
      'The guard of the queue %NOT_SET%: sdkBinding is true.',
      'The guard of the queue %NOT_SET%: retry is set.',
      'The guard of the queue %NOT_SET%: it has an output binding',
      'The guard of the queue %NOT_SET%: scope is "a b"',
      'The guard of the subscription s of the topic t: maxDeliveryCount is 0',
      'The scope "t/subscriptions/s" is used twice: by the subscription s of the topic t (connection Bus) and ',
    ])
      expect(
        problems.filter((problem) => problem.includes(words)),
        words,
      ).toHaveLength(1);
    expect(problems).toHaveLength(11);
    const { error } = await app.deliver({ body: json({}), messageId: 'm-1' }, undefined, 'one');
    expect(error).toContain('ConfigError: The settings cannot be used:');
  });
});
