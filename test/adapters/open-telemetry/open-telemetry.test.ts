import { context, trace } from '@opentelemetry/api';
import { AlwaysOffSampler, ParentBasedSampler } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { OpenTelemetry } from '../../../src/adapters/open-telemetry/open-telemetry.ts';
import type { MessageHandler } from '../../../src/application/ports/message-handler.ts';
import type { LockRecord } from '../../../src/domain/lock-record.ts';
import { PermanentFailure } from '../../../src/domain/step-errors.ts';
import { seconds } from '../../../src/domain/time.ts';
import type { TraceContext } from '../../../src/domain/trace-context.ts';
import { workOnDelivery } from '../../../src/entrypoints/composition/work-on-delivery.ts';
import { heldBy, lockOf, messageId } from '../../support/lock-records.ts';
import { World } from '../../support/message-run.ts';
import { deliveryOf, deliveryOptions, received } from '../../support/received.ts';
import { recordTelemetry, type SeenSpan } from '../../support/recorded-telemetry.ts';
import { SimulatedProcess } from '../../support/simulated-process.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const contextOf = (spanId: string, flags = '01'): TraceContext => ({ traceparent: `00-${traceId}-${spanId}-${flags}` });
const [hop, start, host, crashed] = ['a', 'b', 'c', 'd'].map((digit) => digit.repeat(16)) as [
  string,
  string,
  string,
  string,
];

/** A host with the real use case, and locks in memory. */
function startHost(handler: MessageHandler = async () => undefined, plant?: LockRecord) {
  const world = new World();
  if (plant !== undefined)
    void world.locks.put(lockOf('m-1'), { ...plant, fingerprint: deliveryOf({}).fingerprint }, 'absent');
  const telemetry = new OpenTelemetry('orders');
  const { processMessage } = new SimulatedProcess({
    name: 'host',
    store: world.locks,
    clock: world.clock,
    handler,
    settings: { activeLockWaitMs: seconds(20) },
    onEvent: (event) => telemetry.emit(event),
  });
  const lines: Record<string, unknown>[] = [];
  const deliver = async (
    parts: Parameters<typeof received>[0] & { readonly hostTrace?: TraceContext } = {},
  ): Promise<unknown> => {
    const { hostTrace, ...rest } = parts;
    const options = {
      processMessage,
      consumer: deliveryOptions.consumer,
      tracing: telemetry,
      log: (_level: string, _sentence: string, facts = {}) => void lines.push(facts),
      maxDeliveryCount: 10,
    };
    const { error } = await world.clock.until(
      workOnDelivery(
        received({ messageId: 'm-1', applicationProperties: { traceparent: contextOf(hop).traceparent }, ...rest }),
        options,
        {
          hostTrace,
        },
      ),
    );
    return error?.name;
  };
  return { deliver, lines, world, telemetry };
}

/** The spans as lines: name, kind, what it hangs below, and links. */
const treeOf = (spans: readonly SeenSpan[]): readonly string[] => {
  const nameOf = (id: string | undefined) =>
    ({ [hop]: 'hop', [start]: 'start', [host]: 'host', [crashed]: 'crashed' })[id ?? ''] ??
    spans.find(({ spanId }) => spanId === id)?.name ??
    String(id);
  return spans.map(({ name, kind, parentSpanId, links, isError }) =>
    [
      `${kind} ${name} < ${nameOf(parentSpanId)}`,
      ...links.map((id) => `~ ${nameOf(id)}`),
      ...(isError ? ['!'] : []),
    ].join(' '),
  );
};

describe('A delivery', () => {
  it('is one connected picture below the span that sent it', async () => {
    const { spans } = recordTelemetry();
    const { deliver } = startHost(async (_, { step }) => {
      await step('charge', () => 1);
      return 'done';
    });
    expect(await deliver()).toBeUndefined();
    expect(treeOf(spans())).toEqual([
      'CONSUMER process orders < hop',
      'INTERNAL acquire lock < process orders',
      'INTERNAL step charge < process orders',
      'INTERNAL complete lock < process orders',
    ]);
    expect(new Set(spans().map(({ version }) => version))).toEqual(new Set([packageJson.version]));
    expect(new Set(spans().map((span) => span.traceId))).toEqual(new Set([traceId]));
    expect(spans()[0]?.attributes).toEqual({
      'messaging.system.name': 'azure.servicebus',
      'messaging.system': 'servicebus',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'orders',
      'messaging.message.id': 'm-1',
      'cloudevents.event_type': 'immutable-service-bus.message.foreign',
      'azure.servicebus.message.delivery_count': 1,
      'azure.servicebus.message.enqueued_time': 1_795_348_800,
      'isb.attempt': 1,
      'isb.outcome': 'completed',
      'isb.lock.requests': 3,
    });
    expect(spans()[1]?.attributes).toMatchObject({ 'isb.decision': 'create', 'isb.fencing_token': expect.any(String) });
  });

  it('hangs below the span of the host, linked to the one that sent it and to the start of its event', async () => {
    const { spans } = recordTelemetry();
    const event = { specversion: '1.0', id: 'm-1', source: '/x', type: 't', data: 1, ...contextOf(start) };
    const { deliver } = startHost();
    await deliver({ hostTrace: contextOf(host), body: Buffer.from(JSON.stringify(event)) });
    expect(treeOf(spans())[0]).toBe('CONSUMER process orders < host ~ hop ~ start');
  });

  it.each([
    ['Diagnostic-Id', { 'Diagnostic-Id': contextOf(hop).traceparent }, 'hop'],
    ['diagnostic-Id, as a Functions host spells it', { 'diagnostic-Id': contextOf(hop).traceparent }, 'hop'],
    ['nothing, and its event neither', {}, 'undefined'],
  ])('of which the broker says %s hangs below that', async (_, applicationProperties, parent) => {
    const { spans } = recordTelemetry();
    const { deliver } = startHost();
    await deliver({ applicationProperties });
    expect(treeOf(spans())[0]).toBe(`CONSUMER process orders < ${parent}`);
  });

  it('takes nothing from a span that happens to be active', async () => {
    const { spans } = recordTelemetry();
    const { deliver } = startHost();
    const stray = trace.getTracer('stray').startSpan('of another message');
    await context.with(trace.setSpan(context.active(), stray), () => deliver());
    expect(treeOf(spans())[0]).toBe('CONSUMER process orders < hop');
  });

  it('runs its handler and its steps in spans that are active, so that what they call hangs below', async () => {
    const { spans } = recordTelemetry();
    const own = trace.getTracer('handler');
    const { deliver } = startHost(async (_, { step }) => {
      await own.startActiveSpan('mine', async (mine) => {
        await step('charge', () => own.startSpan('call').end());
        mine.end();
      });
    });
    await deliver();
    expect(treeOf(spans())).toEqual([
      'CONSUMER process orders < hop',
      'INTERNAL acquire lock < process orders',
      'INTERNAL mine < process orders',
      'INTERNAL step charge < mine',
      'INTERNAL call < step charge',
      'INTERNAL complete lock < process orders',
    ]);
  });

  it('that takes over links the span of the owner that crashed, and tells of replayed steps as events', async () => {
    const { spans } = recordTelemetry();
    const steps = [{ name: 'charge', status: 'finished', result: '1' }] as const;
    const before = heldBy('gone', { steps, ttlMs: seconds(1), ...contextOf(crashed) });
    const { deliver } = startHost(async (_, { step }) => step('charge', () => 2), {
      ...before,
      messageId: messageId('m-1'),
    });
    await deliver({ deliveryCount: 2, body: Buffer.from('{}') });
    expect(treeOf(spans())[0]).toBe('CONSUMER process orders < hop ~ crashed');
    expect(spans()[0]?.events).toEqual(['isb.wait', 'isb.taken-over', 'isb.step-replayed']);
    expect(spans()[1]?.attributes).toMatchObject({ 'isb.decision': 'takeover', 'isb.takeover.cause': 'expired' });
  });

  it('that is skipped, or waits for another one in vain, is no error', async () => {
    const { spans } = recordTelemetry();
    const { deliver } = startHost();
    await deliver();
    await deliver({ deliveryCount: 2 });
    const waiting = startHost(undefined, heldBy('busy'));
    expect(await waiting.deliver({ deliveryCount: 2 })).toBe('ActiveLockError');
    const processed = spans().filter(({ name }) => name === 'process orders');
    expect(processed.map((span) => [span.attributes['isb.outcome'], span.isError])).toEqual([
      ['completed', false],
      ['skipped', false],
      ['rejected', false],
    ]);
    expect(processed[2]?.events).toContain('isb.wait');
  });

  it.each([
    ['released', new TypeError('no'), 'release lock'],
    ['failed', new PermanentFailure('no'), 'fail lock'],
  ])('whose lock is %s after an error is an error of that type', async (outcome, thrown, last) => {
    const { spans } = recordTelemetry();
    const { deliver } = startHost(() => Promise.reject(thrown));
    const name = await deliver();
    const [process] = spans();
    expect(process).toMatchObject({ isError: true, attributes: { 'isb.outcome': outcome, 'error.type': name } });
    expect(spans().map((span) => span.name)).toContain(last);
  });

  it('that cannot be used is an error, too', async () => {
    const { spans } = recordTelemetry();
    const { deliver } = startHost();
    await deliver({ messageId: undefined });
    expect(spans()).toMatchObject([
      {
        name: 'process orders',
        isError: true,
        attributes: { 'isb.outcome': 'refused', 'error.type': 'UnusableMessageError' },
      },
    ]);
  });

  it('that is sampled out tells nothing, and its lock still names its trace', async () => {
    const { spans } = recordTelemetry({ sampler: new ParentBasedSampler({ root: new AlwaysOffSampler() }) });
    const { deliver, world } = startHost();
    await deliver({ applicationProperties: contextOf(hop, '00') as unknown as Record<string, unknown> });
    expect(spans()).toEqual([]);
    expect((await world.stored())?.record.traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`));
  });

  it('hands on the trace that it came with where no SDK is registered', async () => {
    const { deliver, world, lines } = startHost(() => Promise.reject(new Error('no')));
    await deliver();
    expect((await world.stored())?.record.traceparent).toBe(contextOf(hop).traceparent);
    expect(lines).toMatchObject([{ event: 'delivery-failed', trace_id: traceId, span_id: hop }]);
  });
});

describe('The metrics', () => {
  const pointsOf = (points: Awaited<ReturnType<ReturnType<typeof recordTelemetry>['points']>>, metric: string) =>
    points.filter((point) => point.metric === metric);

  it('show that a message costs two requests, and one more a step', async () => {
    const recorded = recordTelemetry();
    const { deliver } = startHost();
    await deliver();
    const points = await recorded.points();
    expect(pointsOf(points, 'isb.lock.requests')).toMatchObject([
      { attributes: { 'isb.outcome': 'completed' }, value: { count: 1, sum: 2 } },
    ]);
  });

  it('have names of the code in their attributes, and nothing of a message', async () => {
    const recorded = recordTelemetry();
    const { deliver } = startHost(async (_, { step }) => {
      await step('charge', () => 1);
      throw new RangeError('m-1 failed');
    });
    await deliver();
    const points = await recorded.points();
    expect(points.map(({ metric }) => metric)).toEqual(
      expect.arrayContaining([
        'messaging.process.duration',
        'messaging.client.consumed.messages',
        'isb.lock.decisions',
        'isb.lock.hold.duration',
        'isb.step.duration',
        'isb.queue.lag',
      ]),
    );
    expect(JSON.stringify(points.map(({ attributes }) => attributes))).not.toContain('m-1');
    expect(pointsOf(points, 'messaging.process.duration')).toMatchObject([
      {
        unit: 's',
        attributes: { 'isb.outcome': 'released', 'error.type': 'RangeError', 'messaging.destination.name': 'orders' },
      },
    ]);
    expect(pointsOf(points, 'isb.step.duration')).toMatchObject([{ attributes: { 'isb.step.name': 'charge' } }]);
  });

  it('count takeovers by their cause, and waits by how they ended', async () => {
    const recorded = recordTelemetry();
    const { deliver } = startHost(undefined, heldBy('gone', { ttlMs: seconds(1) }));
    await deliver({ deliveryCount: 2 });
    const waiting = startHost(undefined, heldBy('busy'));
    await waiting.deliver({ deliveryCount: 2 });
    const points = await recorded.points();
    expect(pointsOf(points, 'isb.lock.takeovers')).toMatchObject([
      { attributes: { 'isb.takeover.cause': 'expired' }, value: 1 },
    ]);
    expect(pointsOf(points, 'isb.lock.wait.duration').map(({ attributes }) => attributes['isb.decision'])).toContain(
      'reject',
    );
  });

  it('go to an SDK that is registered after the first message', async () => {
    const { deliver } = startHost();
    await deliver();
    const recorded = recordTelemetry();
    await deliver({ deliveryCount: 2 });
    expect(pointsOf(await recorded.points(), 'messaging.client.consumed.messages')).toMatchObject([
      { attributes: { 'isb.outcome': 'skipped' }, value: 1 },
    ]);
  });

  it('show what the last sweep of this process left, by state', async () => {
    const recorded = recordTelemetry();
    const telemetry = new OpenTelemetry('orders');
    telemetry.swept({ durationMs: 250, deleted: 3, stays: new Map([['failed', { count: 2, oldestAgeMs: 60_000 }]]) });
    telemetry.refusedEffect('archive');
    const points = await recorded.points();
    expect(points).toEqual(
      expect.arrayContaining([
        { metric: 'isb.locks', unit: '{lock}', attributes: { 'isb.lock.state': 'failed' }, value: 2 },
        { metric: 'isb.locks', unit: '{lock}', attributes: { 'isb.lock.state': 'held' }, value: 0 },
        { metric: 'isb.lock.oldest_age', unit: 's', attributes: { 'isb.lock.state': 'failed' }, value: 60 },
        { metric: 'isb.sweep.deleted', unit: '{lock}', attributes: {}, value: 3 },
        { metric: 'isb.effects.refused', unit: '{effect}', attributes: { 'isb.effect': 'archive' }, value: 1 },
      ]),
    );
  });
});
