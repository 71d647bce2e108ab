import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServiceBusClient } from '@azure/service-bus';
import { expect, inject, it } from 'vitest';
import { LoadedApp } from '../../support/functions/loaded-app.ts';
import { packageApp } from '../../support/functions/packaged-app.ts';
import { type ReceivedSpan, startOtlpReceiver } from '../../support/otlp-receiver.ts';
import { spanLine } from '../../support/span-tree.ts';
import { until } from '../../support/until.ts';
import { directStore, quick, startEngines } from './process-fixture.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const browser = 'b7ad6b7169203331';
const caller = { traceparent: `00-${traceId}-${browser}-01`, tracestate: 'vendor=1' };

const exporting = (endpoint: string, service: string) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  OTEL_SERVICE_NAME: service,
  OTEL_BSP_SCHEDULE_DELAY: '100',
  OTEL_METRIC_EXPORT_INTERVAL: '1000',
});

const script = JSON.stringify({ steps: [{ name: 'charge' }, { name: 'ship', ms: 3000 }] });
const named = (spans: readonly ReceivedSpan[], name: string, service?: string) =>
  spans.filter((span) => span.name === name && (service === undefined || span.service === service));

it('One message is one connected picture through standalone hosts: sent, its first owner killed, taken over, replayed, completed, its duplicate skipped', async ({
  onTestFinished,
}) => {
  const engines = await startEngines({ onTestFinished, peekLockMs: 3000 });
  const { endpoint, spans, lines, metrics } = await startOtlpReceiver({ onTestFinished });
  const start = async (service: string) => {
    const host = engines.startHost({ ...quick, ...directStore, ...exporting(endpoint, service) });
    const ready = await host.line(/Ready on/);
    return { host, address: /Ready on (http\S+?)"/.exec(ready)?.[1] ?? '' };
  };
  const submit = (address: string) =>
    fetch(`${address}/api/messages`, {
      method: 'POST',
      headers: { ...caller, 'idempotency-key': 'm-1', 'content-type': 'application/json' },
      body: script,
    });

  const first = await start('first');
  expect((await submit(first.address)).status).toBe(202);
  await until(() => {
    expect(named(spans, 'step charge', 'first')).toHaveLength(1);
    expect(named(spans, 'POST /api/messages')).toHaveLength(1);
  });
  first.host.signalGroup('SIGKILL');
  await first.host.exited;

  const second = await start('second');
  await until(async () => expect(await engines.lock('m-1')).toMatchObject({ record: { state: 'completed' } }));
  expect((await submit(second.address)).status).toBe(202);
  await until(() => {
    const outcomes = named(spans, `process ${engines.queue}`, 'second').map((span) => span.attributes['isb.outcome']);
    expect(outcomes).toEqual(['completed', 'skipped']);
    expect(named(spans, `complete ${engines.queue}`, 'second')).toHaveLength(2);
    expect(metrics).toContain('isb.lock.takeovers');
    expect(lines.some(({ body }) => body.includes('lock taken over'))).toBe(true);
  });

  const ours = spans.filter((span) => span.traceId === traceId);
  expect(ours).toHaveLength(spans.length); // nothing hangs elsewhere
  // The span of the owner that was killed never ended, so nobody has it; what ended below it names it.
  const crashed = named(spans, 'step charge', 'first')[0]?.parentSpanId ?? '';
  const known = { [browser]: 'browser', [crashed]: 'crashed' };
  const queue = engines.queue;
  expect(ours.map((span) => spanLine(span, ours, known)).sort()).toEqual(
    [
      'first: SERVER POST /api/messages < browser',
      `first: PRODUCER send ${queue} < POST /api/messages`,
      'first: INTERNAL acquire lock < crashed',
      'first: INTERNAL step charge < crashed',
      `second: CONSUMER process ${queue} < send ${queue} ~ POST /api/messages ~ crashed`,
      `second: INTERNAL acquire lock < process ${queue}`,
      `second: INTERNAL step ship < process ${queue}`,
      `second: INTERNAL complete lock < process ${queue}`,
      `second: CLIENT complete ${queue} < process ${queue}`,
      'second: SERVER POST /api/messages < browser',
      `second: PRODUCER send ${queue} < POST /api/messages`,
      `second: CONSUMER process ${queue} < send ${queue} ~ POST /api/messages`,
      `second: INTERNAL acquire lock < process ${queue}`,
      `second: CLIENT complete ${queue} < process ${queue}`,
    ].sort(),
  );
  expect(named(spans, `process ${queue}`, 'second')[0]?.events).toContain('isb.step-replayed');
  const taken = named(spans, 'acquire lock', 'second')[0];
  expect(taken?.attributes).toMatchObject({ 'isb.decision': 'takeover', 'isb.takeover.cause': 'expired' });
  const line = lines.find(({ body }) => body.includes('lock taken over'));
  expect(line).toMatchObject({ traceId, spanId: named(spans, `process ${queue}`, 'second')[0]?.spanId });

  // The record tells the same to whoever looks at the lock.
  const record = (await engines.lock('m-1'))?.record;
  expect(record?.history).toMatchObject([{ ending: 'expired', traceparent: `00-${traceId}-${crashed}-01` }]);
  expect(record?.steps.map(({ at }) => typeof at)).toEqual(['string', 'string']);
});

it('One message is one connected picture through a Function App, whose host has spans of its own', async ({
  onTestFinished,
}) => {
  const packaged = await packageApp();
  onTestFinished(() => packaged.remove());
  const entry = JSON.parse(readFileSync(join(packaged.folder, 'package.json'), 'utf8')).main;
  const engines = await startEngines({ onTestFinished, peekLockMs: 60_000 });
  const { endpoint, spans } = await startOtlpReceiver({ onTestFinished });
  const load = (service: string) =>
    LoadedApp.load(packaged.folder, entry, {
      ServiceBusConnection: engines.emulator.connectionString,
      LockStorage: inject('blobStorage'),
      LOCK_CONTAINER: engines.locks.containerName,
      QUEUE_NAME: engines.queue,
      LOCK_TTL: 'PT20S', // the longer it is, the more time a request has, also on a busy machine
      ACTIVE_LOCK_WAIT: 'PT45S',
      MESSAGE_HANDLER: 'scripted',
      ...exporting(endpoint, service),
    });
  /** The host's own span of an invocation. */
  const hostSpan = (digit: string) => ({ traceParent: `00-${traceId}-${digit.repeat(16)}-01` });
  const known = { '1111111111111111': 'host submit', '2222222222222222': 'host 1', '3333333333333333': 'host 2' };
  const more = { ...known, '4444444444444444': 'host 3' };

  const first = await load('first');
  expect(first.error).toBeUndefined();
  const submitted = await first.request(
    'submitMessage',
    'http://localhost/api/messages',
    { method: 'POST', headers: { 'idempotency-key': 'm-1', 'content-type': 'application/json' }, body: script },
    hostSpan('1'),
  );
  expect(submitted.status).toBe(202);
  const client = new ServiceBusClient(engines.emulator.connectionString);
  onTestFinished(() => client.close());
  const [sent] = await client.createReceiver(engines.queue).peekMessages(1);
  const hop = sent?.applicationProperties ?? {};
  expect(hop['Diagnostic-Id']).toBe(hop['traceparent']);
  const message = {
    body: sent?.body instanceof Uint8Array ? sent.body : Buffer.from(JSON.stringify(sent?.body)),
    messageId: 'm-1',
    contentType: 'application/cloudevents+json',
    applicationProperties: hop as Record<string, unknown>,
  };
  void first.deliver(message, undefined, 'processMessage', hostSpan('2')).catch(() => undefined);
  await until(() => expect(named(spans, 'step charge', 'first')).toHaveLength(1));
  first.kill();

  const second = await load('second');
  onTestFinished(async () => void (await second.terminate()));
  const deliver = (deliveryCount: number, digit: string) =>
    second.deliver({ ...message, deliveryCount }, undefined, 'processMessage', hostSpan(digit));
  expect((await deliver(2, '3')).error).toBeUndefined();
  expect((await deliver(3, '4')).error).toBeUndefined();
  await until(() => expect(named(spans, `process ${engines.queue}`, 'second')).toHaveLength(2));

  const crashed = named(spans, 'step charge', 'first')[0]?.parentSpanId ?? '';
  const queue = engines.queue;
  expect(spans.map((span) => spanLine(span, spans, { ...more, [crashed]: 'crashed' })).sort()).toEqual(
    [
      `first: PRODUCER send ${queue} < host submit`,
      'first: INTERNAL acquire lock < crashed',
      'first: INTERNAL step charge < crashed',
      `second: CONSUMER process ${queue} < host 2 ~ send ${queue} ~ host submit ~ crashed`,
      `second: INTERNAL acquire lock < process ${queue}`,
      `second: INTERNAL step ship < process ${queue}`,
      `second: INTERNAL complete lock < process ${queue}`,
      `second: CONSUMER process ${queue} < host 3 ~ send ${queue} ~ host submit`,
      `second: INTERNAL acquire lock < process ${queue}`,
    ].sort(),
  );
  expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
});
