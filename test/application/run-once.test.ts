import { context, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { FaultyLockStore, type LockFaults } from '../../src/adapters/in-memory/faulty-lock-store.ts';
import { InMemoryLockStore } from '../../src/adapters/in-memory/in-memory-lock-store.ts';
import { ManualClock } from '../../src/adapters/in-memory/manual-clock.ts';
import { OpenTelemetry } from '../../src/adapters/open-telemetry/open-telemetry.ts';
import type { HandlerContext } from '../../src/application/ports/message-handler.ts';
import { noTelemetry, type Telemetry } from '../../src/application/ports/telemetry/telemetry.ts';
import { RunOnce, type RunOnceOptions } from '../../src/application/run-once.ts';
import { MessageMismatchError } from '../../src/domain/errors.ts';
import { fingerprint } from '../../src/domain/fingerprint.ts';
import { ownerId } from '../../src/domain/owner.ts';
import { PermanentFailure } from '../../src/domain/step-errors.ts';
import { seconds } from '../../src/domain/time.ts';
import { delivery } from '../support/deliveries.ts';
import { lockOf, messageId } from '../support/lock-records.ts';
import { recordTelemetry } from '../support/recorded-telemetry.ts';
import { defaultSettings } from '../support/simulated-process.ts';

/** Callers that share a store and a clock. */
function newCallers(faults: LockFaults = () => undefined, telemetry: Telemetry = noTelemetry) {
  const clock = new ManualClock();
  const locks = new InMemoryLockStore({ writeClock: () => clock.wallTime() });
  const requests: string[] = [];
  const store = new FaultyLockStore(locks, (call) => {
    requests.push(call.operation);
    return faults(call);
  });
  let owners = 0;
  const newOwnerId = () => {
    owners += 1;
    return ownerId(`owner-${owners}`);
  };
  const ids = { newOwnerId, newMessageId: () => messageId('unused') };
  const ports = { store, clock, ids, random: () => 0.5, events: telemetry, lockNameOf: lockOf, tracing: telemetry };
  const once = new RunOnce(ports, defaultSettings);
  const { key, message, fingerprint: content } = delivery();
  const call = <Result>(
    work: (context: HandlerContext) => Promise<Result> | Result,
    options?: RunOnceOptions & { readonly content?: string },
  ) => once.run({ key, message, fingerprint: fingerprint(options?.content ?? content) }, work, options);
  return { call, clock, locks, requests };
}

const never = (): never => {
  throw new Error('This must not run.');
};

describe('Work that is to be done once', () => {
  it('is done by the first call, and the next ones get its result as JSON keeps it', async () => {
    const { call, requests } = newCallers();
    const at = new Date(0);
    expect(await call(() => ({ at }))).toEqual({ kind: 'done', result: { at: at.toISOString() } });
    expect(requests).toEqual(['put', 'put']);
    expect(await call(never)).toEqual({ kind: 'done-before', result: { at: at.toISOString() } });
    expect(requests).toEqual(['put', 'put', 'put', 'read']);
  });

  it('keeps a finished step for the next call when a later one throws, which may follow at once', async () => {
    const { call, requests } = newCallers();
    const ran: string[] = [];
    const work = async ({ step, attempt }: HandlerContext) => {
      const paid = await step('pay', () => ran.push('pay'));
      await step('ship', () => {
        ran.push('ship');
        if (attempt === 1) throw new Error('no truck');
      });
      return paid;
    };
    await expect(call(work)).rejects.toThrow('no truck');
    expect(await call(work)).toEqual({ kind: 'done', result: 1 });
    expect(ran).toEqual(['pay', 'ship', 'ship']);
    // Create, one a step, release; create, read, takeover, one step, complete.
    expect(requests).toHaveLength(3 + 5);
  });

  it('is left to a call that is at work, unless it is waited for', async () => {
    const { call, clock } = newCallers();
    const working = Promise.withResolvers<string>();
    const first = call(() => working.promise);
    const second = await call(never);
    expect(second).toEqual({ kind: 'active', until: clock.wallTime() + seconds(30) });
    const waiting = call(never, { waitMs: seconds(30) });
    await clock.advance(seconds(1));
    working.resolve('done');
    expect(await first).toEqual({ kind: 'done', result: 'done' });
    await clock.advance(seconds(30));
    expect(await waiting).toEqual({ kind: 'done-before', result: 'done' });
  });

  it('that failed for good stays failed, until somebody asks for it again, and each time anew', async () => {
    const { call } = newCallers();
    const fail = () => {
      throw new PermanentFailure('no such order');
    };
    const failed = { kind: 'failed', error: 'PermanentFailure: no such order' };
    expect(await call(fail)).toEqual(failed);
    expect(await call(never)).toEqual(failed);
    expect(await call(fail, { again: true })).toEqual(failed);
    expect(await call(never)).toEqual(failed);
    expect(await call(() => 'done', { again: true })).toEqual({ kind: 'done', result: 'done' });
    expect(await call(never, { again: true })).toEqual({ kind: 'done-before', result: 'done' });
  });

  it('fails for good after as many attempts as are set', async () => {
    const { call } = newCallers();
    const fail = () => {
      throw new Error('not today');
    };
    for (let attempt = 1; attempt < defaultSettings.maxAttempts; attempt += 1) {
      await expect(call(fail)).rejects.toThrow('not today');
    }
    expect(await call(fail)).toEqual({ kind: 'failed', error: 'Error: not today (attempt 10, the last)' });
  });

  it('of other content under its name is a mistake', async () => {
    const { call } = newCallers();
    await call(() => 1);
    await expect(call(never, { content: 'jcs1:1' })).rejects.toThrow(MessageMismatchError);
  });

  it('ends when the host stops', async () => {
    const { call, locks } = newCallers();
    const host = new AbortController();
    const working = Promise.withResolvers<void>();
    const ended = call(
      ({ signal }) => {
        working.resolve();
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
      { shutdown: host.signal },
    );
    await working.promise;
    host.abort();
    await expect(ended).rejects.toThrow('The host stopped before message ID m-1 was done.');
    expect(await locks.read(lockOf('m-1'))).toMatchObject({ record: { state: 'released' } });
  });

  it('is told of as a span below that of its caller, with how the call ended', async () => {
    const { spans } = recordTelemetry();
    const { call } = newCallers(undefined, new OpenTelemetry('orders'));
    const request = trace.getTracer('app').startSpan('POST /reports');
    await context.with(trace.setSpan(context.active(), request), async () => {
      await call(() => 1);
      await call(never);
    });
    const { spanId } = request.spanContext();
    const calls = spans().filter(({ parentSpanId }) => parentSpanId === spanId);
    expect(calls.map(({ name, kind, attributes }) => [name, kind, attributes['isb.outcome']])).toEqual([
      ['once queue', 'INTERNAL', 'completed'],
      ['once queue', 'INTERNAL', 'skipped'],
    ]);
    const below = spans().filter(({ parentSpanId }) => parentSpanId === calls[0]?.spanId);
    expect(below.map(({ name }) => name)).toEqual(['acquire lock', 'complete lock']);
  });

  it('that fails is an error of its span', async () => {
    const { spans } = recordTelemetry();
    const { call } = newCallers(undefined, new OpenTelemetry('orders'));
    await expect(call(() => Promise.reject(new RangeError('too far')))).rejects.toThrow('too far');
    expect(spans()[0]).toMatchObject({
      name: 'once queue',
      isError: true,
      attributes: { 'error.type': 'RangeError' },
    });
  });
});
