import { describe, expect, it } from 'vitest';
import { BlobLockStore } from '../../../src/adapters/azure-blob/blob-lock-store.ts';
import type { HandlerContext } from '../../../src/application/ports/message-handler.ts';
import { ActiveLockError, LockUndecidedError } from '../../../src/domain/errors.ts';
import { fencingToken } from '../../../src/domain/fencing-token.ts';
import { parseLockDocument } from '../../../src/domain/lock-document.ts';
import { tokenOf } from '../../../src/domain/lock-record.ts';
import { type DurationMs, durationMs, seconds } from '../../../src/domain/time.ts';
import { newContainer } from '../../support/blob-containers.ts';
import { type BlobFault, blobProxy, type ProxiedRequest } from '../../support/blob-proxy.ts';
import { depth } from '../../support/cases.ts';
import { delivery, redelivery } from '../../support/deliveries.ts';
import { heldBy, lockOf } from '../../support/lock-records.ts';
import { until } from '../../support/until.ts';
import { WireInstance } from '../../support/wire-instance.ts';

type Operation = 'create' | 'takeover' | 'heartbeat' | 'checkpoint' | 'complete' | 'release' | 'delete';

/** What goes wrong with the first request of an operation, and with what follows it. */
interface Mishap {
  /** `late`: it is held back, and arrives when its sender has long given up. */
  readonly first: BlobFault | 'late';
  /** What is made to wait until the late request has been applied; by default nothing, so that it lands after everything. */
  readonly landsBefore?: 'read-back' | 'second try';
  /** What goes wrong with the read-back. */
  readonly readBack?: BlobFault;
}

const mishaps: Readonly<Record<string, Mishap>> = {
  'is lost': { first: { kind: 'drop-request' } },
  'is applied and its answer lost': { first: { kind: 'drop-answer' } },
  'is applied and its answer lost, and the read-back breaks off': {
    first: { kind: 'drop-answer' },
    readBack: { kind: 'cut', hangs: false },
  },
  'is applied and its answer never comes': { first: { kind: 'hang' } },
  'is applied and answered with 500': {
    first: { kind: 'answer', isApplied: true, status: 500, code: 'InternalError' },
  },
  'is not applied and answered with 503': {
    first: { kind: 'answer', isApplied: false, status: 503, code: 'ServerBusy' },
  },
  'lands late, before the read-back': { first: 'late', landsBefore: 'read-back' },
  'lands late, after the read-back': { first: 'late', landsBefore: 'second try' },
  'lands when all is over': { first: 'late' },
};

const name = lockOf('m-1');
/** Of the lock that is taken over. It is ahead of the store's clock, so that the next one is one more. */
const previousToken = fencingToken(8e12);
const longTimeoutMs = seconds(10);
/** For requests whose answers do not come. */
const shortTimeoutMs = durationMs(200);

/** Work with one step, on a network where `operation` meets the mishap. */
async function start(operation: Operation, { first, landsBefore, readBack }: Mishap) {
  const container = await newContainer();
  const locks = new BlobLockStore(container, { requestTimeoutMs: longTimeoutMs });
  if (operation === 'takeover') {
    await locks.put(name, heldBy('earlier', { state: 'released', fencingToken: previousToken }), 'absent');
  }
  const gate = Promise.withResolvers<void>();
  let tries = 0;
  let isReadBack = false;
  let isTimeForHeartbeat = false;

  const faultOf = (request: ProxiedRequest): BlobFault | undefined => {
    if (isTry(operation, request, isTimeForHeartbeat)) {
      tries += 1;
      if (tries === 1) return first === 'late' ? { kind: 'delay', until: gate.promise } : first;
      if (tries === 2 && landsBefore === 'second try') return { kind: 'delay', until: land() };
    } else if (tries === 1 && !isReadBack && request.method === 'GET') {
      isReadBack = true;
      if (landsBefore === 'read-back') return { kind: 'delay', until: land() };
      return readBack;
    }
    return undefined;
  };
  const proxy = await blobProxy(faultOf);
  /** Lets the late request arrive, and resolves when it was answered. */
  const land = async () => {
    const before = proxy.answered();
    gate.resolve();
    await until(() => expect(proxy.answered()).toBe(before + 1));
  };

  const contexts: HandlerContext[] = [];
  const steps: string[] = [];
  const newInstance = (requestTimeoutMs: DurationMs): WireInstance => {
    const instance = new WireInstance(proxy, container, {
      requestTimeoutMs,
      settings: { keepsCompleted: operation !== 'delete' },
      handler: async (_message, context) => {
        contexts.push(context);
        await context.step('charge', () => steps.push('charge'));
        isTimeForHeartbeat = true;
        if (operation === 'heartbeat') await instance.clock.sleep(seconds(11));
        isTimeForHeartbeat = false;
        if (operation === 'release') throw new Error('no stock');
      },
    });
    return instance;
  };
  const isSlow = first === 'late' || first.kind === 'hang';
  const instance = newInstance(isSlow ? shortTimeoutMs : longTimeoutMs);
  return {
    instance,
    another: () => newInstance(longTimeoutMs),
    /** What the store holds. */
    stored: () => locks.read(name),
    land,
    /** How often the operation was tried. */
    tries: () => tries,
    /** How often a handler began, and what it did. */
    contexts,
    steps,
  };
}

function isTry(operation: Operation, { method, headers, body }: ProxiedRequest, isTimeForHeartbeat: boolean): boolean {
  if (method !== 'PUT') return operation === 'delete' && method === 'DELETE';
  if (headers['if-none-match'] === '*') return operation === 'create';
  const { state, steps } = parseLockDocument(body.toString());
  switch (operation) {
    case 'takeover':
      return steps.length === 0;
    case 'checkpoint':
      return state === 'held' && steps.length === 1;
    case 'heartbeat':
      return state === 'held' && isTimeForHeartbeat;
    case 'complete':
      return state === 'completed';
    case 'release':
      return state === 'released';
    default:
      return false;
  }
}

const operations: readonly Operation[] =
  depth === 'deep' ? ['create', 'takeover', 'heartbeat', 'checkpoint', 'complete'] : ['create', 'complete'];

describe.each(operations)('A message whose %s', (operation) => {
  it.each(Object.entries(mishaps))('%s is worked on once, and completed', async (_, mishap) => {
    const { instance, another, stored, land, tries, contexts, steps } = await start(operation, mishap);
    expect(await instance.run(delivery())).toMatchObject({ kind: 'completed' });
    const completed = await stored();
    if (mishap.first === 'late' && mishap.landsBefore === undefined) await land();

    expect(tries(), 'tries of the operation').toBeGreaterThan(0);
    expect([contexts.length, steps]).toEqual([1, ['charge']]);
    const isTakeover = operation === 'takeover';
    expect(completed?.record).toMatchObject({
      state: 'completed',
      owner: contexts[0]?.owner,
      attempt: isTakeover ? 2 : 1,
      steps: [{ name: 'charge', status: 'finished' }],
      fencingToken: isTakeover ? previousToken + 1 : contexts[0]?.fencingToken,
    });
    expect(contexts[0]?.fencingToken).toBe(completed && tokenOf(completed));
    expect(await another().run(redelivery())).toMatchObject({ kind: 'skipped' });
    expect(await stored()).toMatchObject({ version: completed?.version });
    expect(contexts).toHaveLength(1);
  });
});

describe('A message whose release', () => {
  it.each(Object.entries(mishaps))('%s fails with its own error, once, and is released', async (_, mishap) => {
    const { instance, stored, land, tries, contexts, steps } = await start('release', mishap);
    await expect(instance.run(delivery())).rejects.toThrow('no stock');
    const released = await stored();
    if (mishap.first === 'late' && mishap.landsBefore === undefined) await land();

    expect(tries(), 'tries of the operation').toBeGreaterThan(0);
    expect([contexts.length, steps]).toEqual([1, ['charge']]);
    expect(released?.record).toMatchObject({
      state: 'released',
      owner: contexts[0]?.owner,
      attempt: 1,
      failures: 1,
      steps: [{ name: 'charge', status: 'finished' }],
      lastError: 'Error: no stock',
    });
    expect(await stored()).toMatchObject({ version: released?.version });
  });
});

describe('A message whose lock is deleted with a request that', () => {
  it.each(Object.entries(mishaps))('%s is worked on once, and has no lock', async (_, mishap) => {
    const { instance, stored, land, tries, contexts, steps } = await start('delete', mishap);
    expect(await instance.run(delivery())).toMatchObject({ kind: 'completed' });
    if (mishap.first === 'late' && mishap.landsBefore === undefined) await land();
    expect(tries(), 'tries of the operation').toBeGreaterThan(0);
    expect([contexts.length, steps]).toEqual([1, ['charge']]);
    expect(await stored()).toBeUndefined();
  });
});

describe('A message', () => {
  /** The work of a message on a network where everything is lost that `isLost` says. */
  async function startWith(isLost: (request: ProxiedRequest) => boolean, functionTimeoutMs = seconds(300)) {
    const container = await newContainer();
    const outage = { isOver: false };
    const proxy = await blobProxy((request) =>
      !outage.isOver && isLost(request) ? { kind: 'drop-answer' } : undefined,
    );
    const executions: HandlerContext[] = [];
    const instance = new WireInstance(proxy, container, {
      settings: { functionTimeoutMs },
      handler: async (_message, context) => void executions.push(context),
    });
    const stored = () => new BlobLockStore(container, { requestTimeoutMs: longTimeoutMs }).read(name);
    return { instance, outage, executions, stored };
  }

  it('is not worked on while nobody knows whether its lock was created, though it was', async () => {
    const { instance, outage, executions, stored } = await startWith(() => true);
    await expect(instance.run(delivery())).rejects.toThrow(LockUndecidedError);
    outage.isOver = true;
    expect(await stored()).toMatchObject({ record: { state: 'held', steps: [], attempt: 1 } });
    // Whose it is, nobody knows any more: it is active, and expires.
    await expect(instance.run(redelivery())).rejects.toThrow(ActiveLockError);
    expect(executions).toEqual([]);
  });

  it('is not worked on again, though nobody learnt that it was completed', async () => {
    const isComplete = ({ body }: ProxiedRequest) => body.includes('"state":"completed"');
    let isDone = false;
    const { instance, outage, executions, stored } = await startWith((request) => {
      isDone ||= isComplete(request);
      return isDone;
    }, seconds(30));
    await expect(instance.run(delivery())).rejects.toThrow(LockUndecidedError);
    outage.isOver = true;
    expect(await stored()).toMatchObject({ record: { state: 'completed', owner: executions[0]?.owner } });
    expect(await instance.run(redelivery())).toMatchObject({ kind: 'skipped' });
    expect(executions).toHaveLength(1);
  });
});
