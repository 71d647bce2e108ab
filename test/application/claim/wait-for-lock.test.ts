import { describe, expect, it, onTestFinished } from 'vitest';
import { FaultyLockStore, type LockFaults } from '../../../src/adapters/in-memory/faulty-lock-store.ts';
import { InMemoryLockStore } from '../../../src/adapters/in-memory/in-memory-lock-store.ts';
import { ManualClock } from '../../../src/adapters/in-memory/manual-clock.ts';
import type { Acquisition } from '../../../src/application/claim/acquire-lock.ts';
import { LockPoller } from '../../../src/application/claim/lock-poller.ts';
import { acquireOrWait, type WaitOptions } from '../../../src/application/claim/wait-for-lock.ts';
import type { LockEvent } from '../../../src/application/ports/lock-events.ts';
import { lockTimings } from '../../../src/application/time/lock-timings.ts';
import { lockDocument } from '../../../src/domain/lock-document.ts';
import type { LockRecord } from '../../../src/domain/lock-record.ts';
import { ownerId } from '../../../src/domain/owner.ts';
import { durationMs, seconds } from '../../../src/domain/time.ts';
import { on, whenever } from '../../support/faults.ts';
import { heldBy, lockOf } from '../../support/lock-records.ts';

const other = heldBy('other');
const { messageId, fingerprint, physical } = other;
const name = lockOf(messageId);

/** What waits for the lock of `m-1` meets: the store, everything that was asked of it, and the time. */
function claimOf({ faults, ...changes }: Partial<WaitOptions> & { readonly faults?: LockFaults } = {}) {
  const clock = new ManualClock();
  const store = new InMemoryLockStore({ writeClock: () => clock.wallTime() });
  const requests: string[] = [];
  const events: LockEvent[] = [];
  const log: string[] = [];
  onTestFinished(() => expect(clock.sleepers, 'timers that outlive the wait').toBe(0));
  const ports = {
    store: new FaultyLockStore(store, (call) => {
      requests.push(call.operation);
      return faults?.(call);
    }),
    clock,
    ids: { newOwnerId: () => ownerId('me'), newMessageId: () => messageId },
    random: () => 0.5,
    events: { emit: (event: LockEvent) => events.push(event) },
    timings: lockTimings(seconds(30)),
    settings: { host: 'host/2' },
  };
  const start = () => {
    const run: { acquisition?: Acquisition; error?: unknown; took?: number } = {};
    const began = clock.monotonic();
    acquireOrWait(ports, {
      subject: { messageId, lock: name, traceparent: 'trace' },
      claim: { messageId, fingerprint, physical },
      looksFirst: true,
      waitMs: seconds(45),
      expiresAt: undefined,
      signal: undefined,
      slot: { park: () => log.push('parked'), unpark: async () => undefined },
      poller: new LockPoller(clock),
      ...changes,
    })
      .then((acquisition) => Object.assign(run, { acquisition }))
      .catch((error) => Object.assign(run, { error }))
      .finally(() => Object.assign(run, { took: clock.monotonic() - began }));
    return run;
  };
  return {
    clock,
    events,
    log,
    requests,
    start,
    plant: (changes: Partial<LockRecord> = {}) => store.plant(name, lockDocument({ ...other, ...changes })),
    /** Claims, and lets time pass until that has ended. */
    end: async (run = start()) => {
      await clock.advance(durationMs(0));
      while (run.took === undefined && clock.monotonic() < seconds(700)) await clock.advance(durationMs(250));
      return run;
    },
  };
}

describe('a claim', () => {
  it('of a message that is most likely new costs one request', async () => {
    const { end, requests } = claimOf({ looksFirst: false });
    expect(await end()).toMatchObject({ acquisition: { kind: 'acquired' }, took: 0 });
    expect(requests).toEqual(['put']);
  });

  it('of a message that is delivered again looks first', async () => {
    const { end, requests } = claimOf();
    expect(await end()).toMatchObject({ acquisition: { kind: 'acquired' }, took: 0 });
    expect(requests).toEqual(['read', 'put']);
  });

  it.each(['completed', 'failed'] as const)(
    'of a %s message ends with what was seen, without a wait',
    async (state) => {
      const { end, plant, log, requests } = claimOf();
      plant({ state });
      const kind = state === 'completed' ? 'skip' : 'refuse';
      expect(await end()).toMatchObject({ acquisition: { kind, stored: { record: { state } } }, took: 0 });
      expect([requests, log]).toEqual([['read'], []]);
    },
  );

  it('of a lock whose retry is not due waits for that, parked', async () => {
    const { end, plant, log } = claimOf();
    plant({ state: 'released', retryAfterMs: seconds(4) });
    const acquisition = { kind: 'acquired', takenOver: { cause: 'released' } };
    expect(await end()).toMatchObject({ acquisition, took: 4000 });
    expect(log).toEqual(['parked']);
  });
});

describe('a wait for an active lock', () => {
  it('looks again until its owner is done, parked', async () => {
    const { end, start, plant, log, clock, requests } = claimOf();
    plant();
    const run = start();
    await clock.advance(seconds(3));
    plant({ state: 'completed' });
    // A look each 1.75 s, as far as it is spread here.
    expect(await end(run)).toMatchObject({ acquisition: { kind: 'skip' }, took: 3500 });
    expect(requests).toEqual(['read', 'read', 'read']);
    expect(log[0]).toBe('parked');
  });

  it('takes it over in the second in which it may, and a little later', async () => {
    const { end, plant } = claimOf();
    plant();
    const { acquisition, took } = await end();
    expect(acquisition).toMatchObject({ kind: 'acquired', takenOver: { cause: 'expired' } });
    // 30 s and 5 s, the second that the store does not show, and half of the 2 s over which takeovers are spread.
    expect(took).toBeGreaterThan(35_000);
    expect(took).toBeLessThanOrEqual(37_000);
  });

  it('ends with the last rejection when its time is up', async () => {
    const { end, plant } = claimOf({ waitMs: seconds(10) });
    plant();
    expect(await end()).toMatchObject({ acquisition: { kind: 'reject' }, took: 10_000 });
  });

  it('of no length ends at once, not parked', async () => {
    const { end, plant, log, requests } = claimOf({ waitMs: seconds(0) });
    plant();
    expect(await end()).toMatchObject({ acquisition: { kind: 'reject' }, took: 0 });
    expect([requests, log]).toEqual([['read'], []]);
  });

  it('ends when its message expires, by the store’s clock', async () => {
    const { end, plant } = claimOf({ expiresAt: Date.UTC(2024, 0, 1) + 7000 });
    plant();
    expect(await end()).toMatchObject({ acquisition: { kind: 'reject' }, took: 7000 });
  });
});

describe('a store that is not available', () => {
  it('is asked again, with the slot kept, and told of once with the trace of the message', async () => {
    let isDown = true;
    const { end, start, clock, events, log } = claimOf({ faults: whenever(() => isDown, 'transient-error') });
    const run = start();
    await clock.advance(seconds(20));
    isDown = false;
    expect(await end(run)).toMatchObject({ acquisition: { kind: 'acquired' } });
    expect(events).toMatchObject([{ kind: 'store-trouble', messageId, lock: name, traceparent: 'trace' }]);
    expect(log).toEqual([]);
  });

  it('is asked no longer than the delivery may wait: its error is the end', async () => {
    const { end } = claimOf({ faults: whenever(() => true, 'final-error'), waitMs: seconds(10) });
    expect(await end()).toMatchObject({ error: { name: 'LockStoreError' }, took: 10_000 });
  });

  it('is asked no more by a delivery that may not wait', async () => {
    const { end, requests, events } = claimOf({ faults: on('read', 1, 'final-error'), waitMs: seconds(0) });
    expect(await end()).toMatchObject({ error: { name: 'LockStoreError' }, took: 0 });
    expect([requests, events]).toEqual([['read'], []]);
  });

  it('that comes back to an active lock does not give the delivery its time anew', async () => {
    const { end, plant } = claimOf({ faults: on('read', [1, 2, 3], 'final-error'), waitMs: seconds(10) });
    plant();
    expect(await end()).toMatchObject({ acquisition: { kind: 'reject' }, took: 10_000 });
  });
});

describe('a host that stops', () => {
  const reason = new Error('The host stops.');

  it.each<[string, Partial<LockRecord>, LockFaults | undefined]>([
    ['an active lock', {}, undefined],
    ['a retry', { state: 'released', retryAfterMs: seconds(20) }, undefined],
    ['a store', {}, whenever(() => true, 'final-error')],
  ])('ends the wait for %s with its reason', async (_, record, faults) => {
    const stop = new AbortController();
    const { end, start, clock, plant } = claimOf({ signal: stop.signal, ...(faults && { faults }) });
    plant(record);
    const run = start();
    await clock.advance(seconds(1));
    stop.abort(reason);
    expect(await end(run)).toEqual({ error: reason, took: 1000 });
  });
});

it('an error that is nobody’s trouble with the store is passed on at once', async () => {
  const broken = new Error('broken');
  const faults: LockFaults = () => {
    throw broken;
  };
  expect(await claimOf({ faults }).end()).toEqual({ error: broken, took: 0 });
});
