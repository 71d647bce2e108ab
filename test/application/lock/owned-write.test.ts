import { describe, expect, it } from 'vitest';
import type { LockFaults } from '../../../src/adapters/in-memory/faulty-lock-store.ts';
import type { MessageHandler } from '../../../src/application/ports/message-handler.ts';
import type { LockRecord } from '../../../src/domain/lock-record.ts';
import { PermanentFailure } from '../../../src/domain/step-errors.ts';
import { seconds } from '../../../src/domain/time.ts';
import { delivery, redelivery } from '../../support/deliveries.ts';
import { anyOf, on } from '../../support/faults.ts';
import { type Instance, type Run, World } from '../../support/message-run.ts';

/** A write of an owner, and how a message comes to it. */
interface Write {
  readonly name: string;
  readonly work: MessageHandler;
  /** Whether another instance has crashed with the message before: its lock is taken over. */
  readonly afterCrash?: true;
  /** Which put of the instance it is, and how many reads it makes before. */
  readonly put: number;
  readonly reads?: number;
}

const writes: readonly Write[] = [
  { name: 'create', work: async () => 'done', put: 1 },
  { name: 'takeover', work: async () => 'done', afterCrash: true, put: 1, reads: 1 },
  { name: 'heartbeat', work: async (_, { signal }) => pauseOf(signal), put: 2 },
  { name: 'checkpoint', work: async (_, { step }) => step('charge', () => 'charged'), put: 2 },
  { name: 'complete', work: async () => 'done', put: 2 },
  { name: 'release', work: async () => Promise.reject(new Error('no connection')), put: 2 },
  { name: 'fail', work: async () => Promise.reject(new PermanentFailure('no such account')), put: 2 },
];

/** What the work of a heartbeat waits for: long enough for one. Set for each world, whose clock it needs. */
let pauseOf: (signal: AbortSignal) => Promise<unknown>;

interface Trial {
  readonly world: World;
  readonly instance: Instance;
  readonly run: Run;
  readonly stored: LockRecord | undefined;
  readonly executions: number;
}

/** Runs the message with `faults` on the write and on the reads that follow it. */
async function attempt(write: Write, faultsOf: (instance: () => Instance) => LockFaults): Promise<Trial> {
  const world = new World();
  if (write.afterCrash) {
    const crashing = world.instance({ handler: async () => crashing.crash() });
    crashing.start(delivery());
    await world.advance(seconds(36));
  }
  let executions = 0;
  const handler: MessageHandler = (message, context) => {
    executions += 1;
    return write.work(message, context);
  };
  const instance: Instance = world.instance({ handler, faults: faultsOf(() => instance), random: () => 0 });
  pauseOf = (signal) => instance.clock.sleep(seconds(12), signal);
  const run = await instance.run(write.afterCrash ? redelivery() : delivery());
  return { world, instance, run, stored: (await world.stored())?.record, executions };
}

const noFaults = (): LockFaults => () => undefined;

/** What must not depend on the network: who owns, with which token, and how it ends. */
const endOf = ({ run, stored, executions }: Trial) => ({
  outcome: run.outcome,
  error: String(run.error),
  executions,
  stored: stored && { ...stored, writeId: undefined, owner: undefined },
});

describe.each(writes)('the $name of an owner ends the same when', (write) => {
  const { put, reads = 0 } = write;
  const readBack = reads + 1;
  /** How many requests more than without a fault. */
  const extra = async (trial: Trial) =>
    trial.instance.requests.length - (await attempt(write, noFaults)).instance.requests.length;

  it.each<[string, number, (instance: () => Instance) => LockFaults]>([
    ['its answer is lost, or is an error though it was applied', 1, () => on('put', put, 'answer-lost')],
    ['its request is lost', 2, () => on('put', put, 'request-lost')],
    ['the store is busy for a moment', 1, () => on('put', put, 'transient-error')],
    [
      'its answer is lost, and that of the read-back',
      2,
      () => anyOf(on('put', put, 'answer-lost'), on('read', readBack, 'answer-lost')),
    ],
    ['its request is lost, and that of its repetition', 4, () => on('put', [put, put + 1], 'request-lost')],
    [
      'its request is lost, and the answer to its repetition',
      3,
      () => anyOf(on('put', put, 'request-lost'), on('put', put + 1, 'answer-lost')),
    ],
    [
      'it lands late, before the read-back',
      1,
      (instance) =>
        anyOf(
          on('put', put, 'request-late'),
          on('read', readBack, { kind: 'slow', beforeRequest: () => firstLate(instance()).arrive() }),
        ),
    ],
    [
      'it lands late, between the read-back and its repetition',
      4,
      (instance) =>
        anyOf(
          on('put', put, 'request-late'),
          on('read', readBack, { kind: 'slow', beforeAnswer: () => firstLate(instance()).arrive() }),
        ),
    ],
    [
      'it lands late, after its repetition',
      2,
      (instance) =>
        anyOf(
          on('put', put, 'request-late'),
          on('put', put + 1, { kind: 'slow', beforeAnswer: () => firstLate(instance()).arrive() }),
        ),
    ],
  ])('%s', async (_, requests, faults) => {
    const trial = await attempt(write, faults);
    expect(endOf(trial)).toEqual(endOf(await attempt(write, noFaults)));
    expect(await extra(trial)).toBe(requests);
  });

  it('its request is lost, and lands when everything is over', async () => {
    const { world, instance } = await attempt(write, () => on('put', put, 'request-late'));
    const before = await world.stored();
    await world.advance(seconds(60));
    await firstLate(instance).arrive();
    expect(await world.stored()).toEqual({ ...before, observedAt: expect.anything() });
  });

  it('its answer takes longer than a request may, though it was applied', async () => {
    const trial = await attempt(write, (instance) =>
      on('put', put, { kind: 'answer-lost', beforeAnswer: () => instance().clock.sleep(seconds(2)) }),
    );
    const end = endOf(await attempt(write, noFaults));
    expect(endOf(trial)).toEqual(end);
  });
});

const firstLate = (instance: Instance) => {
  const [late] = instance.network.lateRequests;
  if (late === undefined) throw new Error('No request is late.');
  return late;
};

describe('an owner whose write is ambiguous', () => {
  it('raises the fencing token by one takeover, however often it had to be sent', async () => {
    const world = new World();
    const crashing = world.instance({ handler: async () => crashing.crash() });
    crashing.start(delivery());
    await world.advance(seconds(36));
    const first = await world.stored();
    const takeover = world.instance({
      faults: anyOf(on('put', 1, 'answer-lost'), on('read', 2, 'transient-error')),
      handler: async (_, { fencingToken }) => fencingToken,
      random: () => 0,
    });
    await takeover.run(redelivery());
    const last = await world.stored();
    expect(last?.record.fencingToken).toBe((first?.writtenAt ?? 0) + 36_000);
    expect(last?.record.result).toBe(String(last?.record.fencingToken));
    expect(last?.record.attempt).toBe(2);
  });

  it('tells how it was resolved', async () => {
    const { instance } = await attempt({ name: 'create', work: async () => 'done', put: 1 }, () =>
      on('put', 1, 'answer-lost'),
    );
    expect(instance.told('ambiguous-resolved')).toMatchObject([{ owner: 'owner-1', write: 'held', isOurs: true }]);
  });
});
