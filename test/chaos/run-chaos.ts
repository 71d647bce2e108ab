import { availableParallelism, totalmem } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { slownessOfMachine } from '../support/machine-speed.ts';
import { audit } from './audit.ts';
import { Channels } from './channels.ts';
import { leastFreezeMs, startEngines } from './engines.ts';
import type { Evidence } from './evidence.ts';
import { faultSchedule } from './fault-schedule.ts';
import { type Figures, figuresOf } from './figures.ts';
import { Fleet } from './fleet.ts';
import { LockMove } from './lock-move.ts';
import type { ChaosOptions } from './options.ts';
import { ScheduledFaults } from './scheduled-faults.ts';
import { watchForStalls } from './stalls.ts';
import { storedBlobs } from './stored-blobs.ts';
import { toldViolations } from './timeline.ts';
import { Traffic } from './traffic.ts';

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

/** Far longer than it takes, for a machine that is busy with other things. */
const mostWaitMs = 240_000 * slownessOfMachine();

/** A wall clock that is right, one an hour fast, and one an hour slow, in turns. */
const wrongByMs = [0, 3_600_000, -3_600_000] as const;

/**
 * Has real processes work on real messages while they are killed and frozen and the ways to the engines fail, then lets them
 * finish, and judges by what is in the store and in the queue.
 *
 * @throws the signal's reason; Error if the processes do not start.
 */
export async function runChaos(
  options: ChaosOptions,
  { signal, tell = () => undefined }: Surroundings = {},
): Promise<ChaosResult> {
  const { seed, processes } = options;
  const durationMs = options.minutes * 60_000;
  const startedAt = performance.now();
  await using ends = new AsyncDisposableStack();
  const stalls = watchForStalls(startedAt, ends);
  const onCompleted = (messageId: string) => traffic.completed(messageId);
  const hasSeveral = options.producers === 'several';
  const engines = await startEngines({
    seed,
    startedAt,
    hasSeveral,
    isSpread: options.layout === 'spread',
    onCompleted,
    ends,
  });
  const { emulator, queue, others, wire, history } = engines;
  const fleet = new Fleet({
    processes,
    settings: engines.settings,
    wrongByMs: (place) => wrongByMs[(place + seed) % wrongByMs.length] ?? 0,
    startedAt,
  });
  ends.defer(() => fleet.end());
  const { connectionString } = emulator;
  const channels = new Channels({ seed, queue, others, connectionString, takers: () => fleet.takers, startedAt });
  const traffic = new Traffic({
    seed,
    channels,
    backlog: engines.onQueue,
    mostBacklog: 40 * processes,
    mostMessages: options.messages,
    producers: options.producers,
  });
  ends.defer(async () => {
    traffic.giveUp();
    await channels.close();
    await traffic.settled();
  });
  const isSoInTime = async (isSo: () => boolean): Promise<boolean> => {
    const end = performance.now() + mostWaitMs;
    while (!isSo() && performance.now() < end) await delay(100, undefined, { signal });
    return isSo();
  };
  const allReady = async () => {
    if (!(await isSoInTime(() => fleet.isComplete)))
      throw new Error(`Not all processes are ready, seed ${seed}:\n${fleet.missing.join('\n')}`);
  };

  await allReady();
  tell(`${processes} processes are ready. Messages and faults for ${durationMs / 1000} s.`);
  const from = performance.now();
  const faults = new ScheduledFaults({ fleet, engines });
  const move = new LockMove({
    seed,
    settings: engines.settings,
    scopes: engines.scopes,
    moved: () => history.moved,
    signal,
  });
  const moveHalfWay = async () => {
    if (options.layout !== 'moved') return;
    await delay(durationMs / 2, undefined, { signal });
    await fleet.apart(() => move.run(), { LOCK_SPREAD: 'on' });
    tell(`${history.moved} locks are moved; ${move.killed} moves were killed.`);
  };
  await Promise.all([
    traffic.run(from + durationMs, signal),
    faults.run(faultSchedule({ seed, durationMs, processes, leastFreezeMs }), from, signal),
    moveHalfWay(),
  ]);

  tell(`${traffic.counts.messages} messages are sent. No more faults; what is at work is let finish.`);
  wire.stop();
  await allReady();
  await traffic.settled();
  // Of what does not end in time the audit tells.
  await isSoInTime(() => engines.onQueue() === 0 && traffic.isSettled);
  await fleet.stop();
  await isSoInTime(engines.isAtRest);

  const evidence: Evidence = {
    sent: traffic.sent,
    applied: history.applied,
    stored: await storedBlobs(engines.storage, engines.lockContainer),
    queue: engines.inspect(),
    freezes: [...fleet.freezes, ...stalls],
    timedOut: channels.timedOut,
  };
  const verdict = audit(evidence);
  const otherWrongs = [
    ...channels.unexpected.map((answer) => `WRONG: an answer that no process should give: ${answer}`),
    ...fleet.endedByThemselves.map((lines) => `WRONG: a process ended by itself:\n${lines}`),
  ];
  const figures = figuresOf({
    options,
    seconds: (performance.now() - startedAt) / 1000,
    machine: `${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`,
    traffic: traffic.counts,
    physicalMessages: engines.counts.physicalMessages,
    fleet: fleet.counts,
    scheduled: faults.counts,
    onTheWire: wire.counts,
    verdict,
    deadLettered: evidence.queue.deadLettered.length,
    moves: { moved: history.moved, killed: move.killed },
    wrongs: verdict.violations.length + otherWrongs.length,
  });
  const told = toldViolations(verdict.violations, evidence);
  return { figures, wrongs: [told, ...otherWrongs].filter((text) => text !== '').join('\n\n') };
}
