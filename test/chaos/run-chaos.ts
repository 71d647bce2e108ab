import { randomUUID } from 'node:crypto';
import { availableParallelism, totalmem } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { blobServiceFromConnectionString } from '../../src/adapters/azure-blob/blob-service.ts';
import { createContainers } from '../../src/adapters/azure-blob/create-containers.ts';
import { startAzurite } from '../../src/entrypoints/local/azurite/start-azurite.ts';
import { ServiceBusEmulator } from '../../src/entrypoints/local/service-bus-emulator/service-bus-emulator.ts';
import { workContainers } from '../../src/entrypoints/work-containers.ts';
import { blobProxy } from '../support/blob-proxy.ts';
import { audit, mostAttempts } from './audit.ts';
import type { Evidence, Freeze } from './evidence.ts';
import { faultSchedule, type ScheduledFault } from './fault-schedule.ts';
import { type Figures, figuresOf } from './figures.ts';
import { Fleet } from './fleet.ts';
import type { ChaosOptions } from './options.ts';
import { StoreHistory } from './store-history.ts';
import { storedBlobs } from './stored-blobs.ts';
import { toldViolations } from './timeline.ts';
import { Traffic } from './traffic.ts';
import { WireFaults } from './wire-faults.ts';

export interface ChaosResult {
  readonly figures: Figures;
  /** Each thing that must not have happened, with the timeline of its message; empty if all is well. */
  readonly wrongs: string;
}

export interface Surroundings {
  /** Ends the run early, with nothing left of it. */
  readonly signal?: AbortSignal;
  readonly tell?: (line: string) => void;
}

/** The shortest times that the start-up proof lets through, and more deliveries than faults can use up. */
const settings = {
  LOCK_TTL: 'PT5S',
  ACTIVE_LOCK_WAIT: 'PT10S',
  FUNCTION_TIMEOUT: 'PT70S',
  MAX_DELIVERY_COUNT: '60',
  MAX_ATTEMPTS: String(mostAttempts),
  MAX_CONCURRENT_CALLS: '8',
};
const peekLockMs = 5000;
/** ttl and grace, and what the spreading of takeovers adds. */
const leastFreezeMs = 7000;
/** Far longer than it takes, for a machine that is busy with other things. */
const mostDrainMs = 240_000;

/**
 * Has real processes work on real messages while they are killed and frozen and the ways to the engines fail, then lets them
 * finish, and judges by what is in the store and in the queue.
 *
 * @throws the signal's reason; Error if the queue is not drained in time.
 */
export async function runChaos(
  options: ChaosOptions,
  { signal, tell = () => undefined }: Surroundings = {},
): Promise<ChaosResult> {
  const { seed, processes } = options;
  const durationMs = options.minutes * 60_000;
  await using ends = new AsyncDisposableStack();
  const startedAt = performance.now();
  const clock = stallsOf(startedAt);
  ends.defer(clock.end);

  const azurite = await startAzurite({ port: 0 });
  ends.defer(azurite.stop);
  const storage = blobServiceFromConnectionString(azurite.connectionString);
  await createContainers(storage, ['locks', ...Object.values(workContainers)]);
  const wire = new WireFaults(seed);
  const history = new StoreHistory(startedAt, (messageId) => traffic.completed(messageId));
  const proxy = await blobProxy(
    (request) => {
      history.arrived(request);
      return wire.ofRequest(request);
    },
    { connectionString: azurite.connectionString, around: history.around, onTestFinished: ends.defer.bind(ends) },
  );

  const queue = `q-${randomUUID()}`;
  let physicalMessages = 0;
  const faults = {
    ...wire.ofQueue,
    onSend: (point: Parameters<NonNullable<typeof wire.ofQueue.onSend>>[0]) => {
      const fault = wire.ofQueue.onSend?.(point);
      if (typeof fault !== 'object') physicalMessages += 1;
      return fault;
    },
  };
  const queues = [{ name: queue, lockDurationMs: peekLockMs, maxDeliveryCount: Number(settings.MAX_DELIVERY_COUNT) }];
  const emulator = await ServiceBusEmulator.start({ port: 0, queues, faults });
  ends.defer(() => emulator.close());
  const onQueue = () => {
    const { active, locked } = emulator.inspect(queue);
    return active.length + locked.length;
  };

  const fleet = new Fleet({
    processes,
    settings: {
      ...settings,
      ServiceBusConnection: emulator.connectionString,
      LockStorage: proxy.connectionString,
      QUEUE_NAME: queue,
      LOCK_CONTAINER: 'locks',
      ...(process.env['CHAOS_LOG'] !== undefined && { CHAOS_LOG: process.env['CHAOS_LOG'] }),
    },
    wrongByMs: (place) => [0, 3_600_000, -3_600_000][(place + seed) % 3] ?? 0,
    startedAt,
  });
  ends.defer(() => fleet.end());
  const traffic = new Traffic({
    seed,
    queue,
    connectionString: emulator.connectionString,
    addresses: () => fleet.addresses,
    backlog: onQueue,
    mostBacklog: 40 * processes,
    mostMessages: options.messages,
  });
  ends.defer(() => traffic.settled());

  const scheduled = new Map<string, number>();
  const happen = (fault: ScheduledFault) => {
    switch (fault.kind) {
      case 'kill':
        return fleet.kill(fault.process, fault.restartAfter);
      case 'freeze':
        return fleet.freeze(fault.process, fault.lasting);
      case 'cut-connections':
        return emulator.cutConnections();
      case 'detach-receivers':
        return emulator.detachReceivers(queue);
      case 'store-trouble':
        return wire.troubleStore(fault.lasting);
      case 'queue-trouble':
        return wire.troubleQueue(fault.lasting);
    }
  };
  const makeFaults = async (from: number) => {
    for (const fault of faultSchedule({ seed, durationMs, processes, leastFreezeMs })) {
      await delay(Math.max(0, from + fault.at - performance.now()), undefined, { signal });
      if (fault.kind !== 'kill' && fault.kind !== 'freeze')
        scheduled.set(fault.kind, (scheduled.get(fault.kind) ?? 0) + 1);
      happen(fault);
    }
  };
  const until = async (what: string, isSo: () => boolean) => {
    const end = performance.now() + mostDrainMs;
    while (!isSo()) {
      if (performance.now() > end)
        throw new Error(`Not ${what} within ${mostDrainMs / 1000} s: ${JSON.stringify(emulator.inspect(queue))}`);
      await delay(100, undefined, { signal });
    }
  };

  await until('all processes ready', () => fleet.isComplete);
  const from = performance.now();
  tell(`${processes} processes are ready. Messages and faults for ${durationMs / 1000} s.`);
  const sending = traffic.run(from + durationMs);
  sending.catch(() => undefined);
  await makeFaults(from);
  await delay(Math.max(0, from + durationMs - performance.now()), undefined, { signal });
  await sending;

  tell(`${traffic.counts.messages} messages were sent. No more faults; the queue is drained.`);
  wire.stop();
  await until('all processes ready', () => fleet.isComplete);
  await traffic.settled();
  await until('drained', () => onQueue() === 0);
  await fleet.stop();
  await until('at rest', () => history.underWay === 0 && wire.delayed === 0);

  const evidence: Evidence = {
    sent: traffic.sent,
    applied: history.applied,
    stored: await storedBlobs(storage, 'locks'),
    queue: emulator.inspect(queue),
    freezes: [...fleet.freezes, ...clock.stalls],
  };
  const verdict = audit(evidence);
  const others = [
    ...traffic.unexpected.map((answer) => `WRONG: an answer that no process should give: ${answer}`),
    ...fleet.endedByThemselves.map((lines) => `WRONG: a process ended by itself:\n${lines}`),
  ];
  const figures = figuresOf({
    options,
    seconds: (performance.now() - startedAt) / 1000,
    machine: `${availableParallelism()} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.versions.node}`,
    traffic: traffic.counts,
    physicalMessages,
    fleet: fleet.counts,
    scheduled,
    onTheWire: wire.counts,
    verdict,
    deadLettered: evidence.queue.deadLettered.length,
    wrongs: verdict.violations.length + others.length,
  });
  return { figures, wrongs: [toldViolations(verdict.violations, evidence), ...others].filter(Boolean).join('\n\n') };
}

/** Times in which this process did not run either: the machine was too busy, and then others stood still as well. */
function stallsOf(startedAt: number) {
  const stalls: Freeze[] = [];
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    if (now - last > 1000) stalls.push({ pid: 'all', from: last - startedAt, to: now - startedAt });
    last = now;
  }, 100);
  return { stalls, end: () => clearInterval(timer) };
}
