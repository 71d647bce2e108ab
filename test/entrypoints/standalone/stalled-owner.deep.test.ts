import { describe, expect, it } from 'vitest';
import { parseLockDocument } from '../../../src/domain/lock-document.ts';
import type { BlobFault, ProxiedRequest } from '../../support/blob-proxy.ts';
import type { StartedProgram } from '../../support/started-program.ts';
import { until } from '../../support/until.ts';
import { directStore, finishedSteps, quick, startEngines } from './process-fixture.ts';

const ready = /"message":"Ready on /;
const nothing = { active: [], locked: [], deadLettered: [] };

/** Stops the first host at the first request that `isPoint`, which arrives when it is let go. */
function freezer(isPoint: (request: ProxiedRequest) => boolean) {
  const frozen = Promise.withResolvers<void>();
  const arrival = Promise.withResolvers<void>();
  let host: StartedProgram | undefined;
  let isOver = false;
  return {
    frozen: frozen.promise,
    watch: (started: StartedProgram) => {
      host = started;
    },
    faultOf: (request: ProxiedRequest): BlobFault | undefined => {
      if (isOver || !isPoint(request)) return undefined;
      isOver = true;
      host?.signalGroup('SIGSTOP');
      frozen.resolve();
      return { kind: 'delay', until: arrival.promise };
    },
    thaw: () => {
      arrival.resolve();
      host?.signalGroup('SIGCONT');
    },
  };
}

// Who is to stall must get the message, so that the other host is started once the work has begun.
describe.concurrent('A message whose owner', () => {
  it('is frozen past its ttl is completed by the next one, and the thawed one stores nothing', async ({
    onTestFinished,
  }) => {
    let frozenOwner: string | undefined;
    const { faultOf, watch, frozen, thaw } = freezer(({ method, url, body }) => {
      if (method !== 'PUT' || !url.endsWith('.lock')) return false;
      const record = parseLockDocument(body.toString());
      frozenOwner = record.owner;
      return finishedSteps(record) === 2;
    });
    const { startHost, send, inspect, lock, evidence } = await startEngines({
      onTestFinished,
      peekLockMs: 2000,
      faultOf,
    });
    const first = startHost(quick);
    watch(first);
    await first.line(ready);
    await send(['order-1'], [{ name: 'reserve' }, { name: 'charge' }, { name: 'ship' }]);
    await frozen;
    startHost({ ...quick, ...directStore });
    await until(() => expect(inspect()).toMatchObject(nothing));
    const completed = await lock('order-1');
    const ran = await evidence('order-1');

    thaw();
    await first.line(/"event":"lost"/);
    expect(await lock('order-1')).toMatchObject({ version: completed?.version });
    expect(await evidence('order-1')).toEqual(ran);
    expect(completed?.record.state).toBe('completed');
    // On a busy machine both may need several attempts, up to this step of the one that was frozen.
    const place = ran.findIndex(({ step, owner }) => step === 'charge' && owner === frozenOwner);
    const [inFlight, ...later] = ran.slice(place);
    expect(inFlight).toMatchObject({ step: 'charge' });
    expect(later.map(({ step }) => step)).toEqual(expect.arrayContaining(['charge', 'ship']));
    expect(later.map(({ step }) => step)).not.toContain('reserve');
    for (const { owner, fencingToken } of later) {
      expect(owner).not.toBe(frozenOwner);
      expect(fencingToken).toBeGreaterThan(inFlight?.fencingToken ?? Number.POSITIVE_INFINITY);
    }
    expect(inspect()).toMatchObject(nothing);
  });

  it('is frozen with its fenced effect on the way finds it refused when it is thawed', async ({ onTestFinished }) => {
    const { faultOf, watch, frozen, thaw } = freezer(
      ({ method, url }) => method === 'PUT' && url.includes('/processed/'),
    );
    const { startHost, send, inspect, lock, archived, answered } = await startEngines({
      onTestFinished,
      peekLockMs: 2000,
      faultOf,
    });
    const archive = { ...quick, MESSAGE_HANDLER: 'archive' };
    const first = startHost(archive);
    watch(first);
    await first.line(ready);
    await send(['order-1'], []);
    await frozen;
    startHost({ ...archive, ...directStore });
    await until(() => expect(inspect()).toMatchObject(nothing));
    const completed = await lock('order-1');
    const stored = await archived('order-1').getProperties();

    const before = answered();
    thaw();
    await until(() => expect(answered()).toBeGreaterThan(before));
    // A busy machine may bring the answer when nobody waits for it any more.
    await first.line(/FencedOutError|no answer in time|"event":"lost"/);
    expect(await archived('order-1').getProperties()).toMatchObject({ etag: stored.etag });
    expect(stored.metadata).toMatchObject({ owner: completed?.record.owner });
    expect(completed?.record.state).toBe('completed');
    expect(completed?.record.attempt).toBeGreaterThan(1);
    expect(await lock('order-1')).toMatchObject({ version: completed?.version });
  });

  it('blocks its event loop past the ttl is resumed by another one, and no finished step runs again', async ({
    onTestFinished,
  }) => {
    const { startHost, send, inspect, lock, evidence } = await startEngines({ onTestFinished, peekLockMs: 5000 });
    const first = startHost(quick);
    await first.line(ready);
    const blocked = { name: 'audit', block: true, ms: 13_000 };
    await send(['order-1'], [{ name: 'reserve' }, blocked, { name: 'ship' }]);
    await until(async () =>
      expect(await evidence('order-1')).toContainEqual(expect.objectContaining({ step: 'audit' })),
    );
    // With a ttl that the same work does not outlast.
    startHost({ MESSAGE_HANDLER: 'scripted', MAX_CONCURRENT_CALLS: '1' });

    await first.line(/"event":"lost"/);
    await until(() => expect(inspect()).toMatchObject(nothing));
    const completed = await lock('order-1');
    expect(completed?.record.state).toBe('completed');
    expect(completed?.record.attempt).toBeGreaterThan(1);
    const ran = await evidence('order-1');
    const names = ran.map(({ step }) => step);
    // A busy machine may cost an attempt before its checkpoint. Once `audit` has begun, that of `reserve` is stored.
    expect(names.lastIndexOf('reserve')).toBeLessThan(names.indexOf('audit'));
    expect(names.filter((name) => name === 'audit').length).toBeGreaterThan(1);
    expect(ran.at(-1)).toMatchObject({ step: 'ship', owner: completed?.record.owner });
  });

  it('hangs and ignores its signal is given up by its host, and ends with its attempts, failed for a reason', async ({
    onTestFinished,
  }) => {
    // The hanging host, which does not wait, fails one delivery after another until the other one is there.
    const maxDeliveryCount = 2000;
    const { startHost, send, inspect, lock, evidence } = await startEngines({
      onTestFinished,
      peekLockMs: 2000,
      maxDeliveryCount,
    });
    const patient = { ...quick, MAX_ATTEMPTS: '1', MAX_DELIVERY_COUNT: String(maxDeliveryCount) };
    const first = startHost({ ...patient, FUNCTION_TIMEOUT: 'PT10S', ACTIVE_LOCK_WAIT: 'PT0S' });
    await first.line(ready);
    // On a busy machine the only attempt at a message may be over before it has begun. Then the next message has one.
    let id = '';
    const ran = async () => (id === '' ? [] : evidence(id));
    for (let n = 1; (await ran()).length < 2; n += 1) {
      id = `order-${n}`;
      await send([id], [{ name: 'reserve' }, { name: 'ask', hang: true }, { name: 'ship' }]);
      await until(async () => {
        const isOver = inspect().deadLettered.some(({ messageId }) => messageId === id);
        expect(isOver || (await ran()).length === 2).toBe(true);
      });
    }
    startHost(patient);

    await first.line(/did not end when it was told to/);
    expect((await lock(id))?.record).toMatchObject({ state: 'held', attempt: 1 });
    await until(() => expect(inspect()).toMatchObject({ active: [], locked: [] }));
    expect(inspect().deadLettered.at(-1)).toMatchObject({ messageId: id, deadLetterReason: 'MessageFailedError' });
    expect((await lock(id))?.record).toMatchObject({
      state: 'failed',
      lastError: expect.stringContaining('All 1 attempts are used up'),
      steps: [
        { name: 'reserve', status: 'finished' },
        { name: 'ask', status: 'not-done' },
      ],
    });
    expect(await ran()).toMatchObject([{ step: 'reserve' }, { step: 'ask' }]);
  });
});
