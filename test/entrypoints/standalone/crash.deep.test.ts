import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { StoredLock } from '../../../src/application/ports/lock-store.ts';
import { parseLockDocument } from '../../../src/domain/lock-document.ts';
import { tokenOf } from '../../../src/domain/lock-record.ts';
import type { BlobFault, ProxiedRequest } from '../../support/blob-proxy.ts';
import { paced } from '../../support/machine-speed.ts';
import type { StartedProgram } from '../../support/started-program.ts';
import { until } from '../../support/until.ts';
import { directStore, type Evidence, finishedSteps, quick, startEngines } from './process-fixture.ts';

const steps = ['reserve', 'charge', 'pack', 'ship', 'tell'];

/** A request of a process at whose sight, or after whose effect, the process is killed. */
interface Point {
  readonly when: 'before' | 'after';
  /** The request, in words that are the same for every message. */
  readonly request: string;
  /** How many steps are finished then, for whoever resumes. */
  readonly finished: number;
  /** Whether the step after those has begun. */
  readonly hasBegun: boolean;
  /** Whether somebody else has to acquire the lock after it. */
  readonly isResumed: boolean;
}

const points = new Map<string, Point>(
  [
    { when: 'before', request: 'create', finished: 0, hasBegun: false, isResumed: false } as const,
    { when: 'after', request: 'create', finished: 0, hasBegun: false, isResumed: true } as const,
    ...steps.flatMap((_, index) => {
      const [effect, checkpoint] = [`effect-${index + 1}`, `checkpoint-${index + 1}`];
      return [
        { when: 'before', request: effect, finished: index, hasBegun: false, isResumed: true } as const,
        { when: 'after', request: effect, finished: index, hasBegun: true, isResumed: true } as const,
        { when: 'before', request: checkpoint, finished: index, hasBegun: true, isResumed: true } as const,
        { when: 'after', request: checkpoint, finished: index + 1, hasBegun: false, isResumed: true } as const,
      ];
    }),
    { when: 'before', request: 'complete', finished: 5, hasBegun: false, isResumed: true } as const,
    { when: 'after', request: 'complete', finished: 5, hasBegun: false, isResumed: false } as const,
    { when: 'before', request: 'settlement', finished: 5, hasBegun: false, isResumed: false } as const,
    { when: 'after', request: 'settlement', finished: 5, hasBegun: false, isResumed: false } as const,
  ].map((point) => [`killed-${point.when}-${point.request}`, point]),
);

/** What has to be found in the store when all is over. */
const expected = ({ finished, hasBegun, isResumed }: Point) => ({
  state: 'completed',
  isResumed,
  ran: hasBegun ? steps.toSpliced(finished, 0, steps[finished] ?? '') : steps,
  hasGrowingTokens: true,
});

it('Work of five steps is resumed at the right step, wherever its process is killed', async ({ onTestFinished }) => {
  const hosts = new Map<number, StartedProgram>();
  const running = new Set<StartedProgram>();
  const owners = new Map<string, number>();
  const killed = new Set<string>();
  const allKilled = Promise.withResolvers<void>();
  const kill = (id: string) => {
    hosts.get(owners.get(id) ?? 0)?.signalGroup('SIGKILL');
    killed.add(id);
    if (killed.size === points.size) allKilled.resolve();
  };

  const faultOf = (request: ProxiedRequest): BlobFault | undefined => {
    const { id, described, pid } = read(request);
    if (pid !== undefined) owners.set(id, pid);
    const point = points.get(id);
    if (point === undefined || point.request !== described) return undefined;
    if (point.when === 'after') return { kind: 'drop-answer', onApplied: () => kill(id) };
    kill(id);
    return { kind: 'drop-request' };
  };
  const onSettle = ({ messageId }: { messageId: string }) => {
    const point = points.get(messageId);
    if (point?.request !== 'settlement' || killed.has(messageId)) return undefined;
    kill(messageId);
    return point.when === 'before' ? 'cut' : 'apply-and-cut';
  };
  const { startHost, send, inspect, expireLock, lock, evidence } = await startEngines({
    onTestFinished,
    peekLockMs: 300_000,
    faults: { onSettle },
    faultOf,
  });
  await send(
    [...points.keys()],
    steps.map((name) => ({ name })),
  );

  // A host that begins to receive anew, as it does where the broker is slow to answer, can lose a message that was on its way to it:
  // that is nobody's until its peek-lock ends. Hosts that have had nothing to do for a while show it.
  const over = new AbortController();
  onTestFinished(() => over.abort());
  const freeWhatIsLost = async () => {
    for (let idleBefore = ''; killed.size < points.size && !over.signal.aborted; ) {
      const isIdle = [...running].every(({ lines }) => /Ready on|Receiving from/.test(lines.at(-1) ?? ''));
      const idle = isIdle ? [...running].map(({ pid }) => pid).join() : '';
      const lost = inspect().locked.filter(({ messageId }) => !killed.has(messageId));
      if (idle !== '' && idle === idleBefore) for (const { messageId } of lost) expireLock(messageId);
      idleBefore = idle;
      await delay(paced(5000));
    }
  };

  // Each host is killed in its first message. As many at a time as there are cores: they would wait for one another.
  const killOneAfterAnother = async () => {
    while (killed.size < points.size) {
      const before = killed.size;
      const victim = startHost(quick);
      hosts.set(victim.pid, victim);
      running.add(victim);
      await Promise.race([victim.exited, allKilled.promise]);
      running.delete(victim);
      if (killed.size === before) throw new Error(`A host ended unasked: ${victim.lines.at(-1)}`);
      victim.signalGroup('SIGKILL'); // the last ones have nothing left to be killed in
      await victim.exited;
    }
  };
  await Promise.all([freeWhatIsLost(), ...Array.from({ length: availableParallelism() }, killOneAfterAnother)]);
  const before = await Promise.all([...points.keys()].map(lock));

  startHost({ ...directStore, MESSAGE_HANDLER: 'scripted' });
  for (const { messageId } of inspect().locked) expireLock(messageId);
  await until(() => expect(inspect()).toMatchObject({ active: [], locked: [], deadLettered: [] }));

  const found = [...points.keys()].map(async (id, index) => [
    id,
    outcome(before[index], await lock(id), await evidence(id)),
  ]);
  const wanted = [...points].map(([id, point]) => [id, expected(point)]);
  expect(Object.fromEntries(await Promise.all(found))).toEqual(Object.fromEntries(wanted));
});

/** Which message a request is about, and what it does, in the words of the points. */
function read({ method, url, headers, body }: ProxiedRequest): { id: string; described?: string; pid?: number } {
  const [, id = '', log] = /\/lock-([\w-]+)\.lock(\.jsonl)?(?:\?|$)/.exec(url) ?? [];
  if (method !== 'PUT' || id === '') return { id };
  if (log !== undefined) {
    if (!url.includes('comp=appendblock')) return { id };
    return { id, described: `effect-${steps.indexOf(JSON.parse(body.toString()).step) + 1}` };
  }
  const record = parseLockDocument(body.toString());
  const pid = Number(record.host.split('/').at(-1));
  if (headers['if-none-match'] === '*') return { id, pid, described: 'create' };
  return { id, pid, described: record.state === 'held' ? `checkpoint-${finishedSteps(record)}` : 'complete' };
}

/** What the store shows of a message, when all is over and `before` it was resumed. */
function outcome(before: StoredLock | undefined, after: StoredLock | undefined, ran: readonly Evidence[]) {
  const tokens = [...new Set([before && tokenOf(before), ...ran.map(({ fencingToken }) => fencingToken)])];
  const known = [...tokens, after && tokenOf(after)].filter((token) => token !== undefined);
  const isResumed = before !== undefined && before.record.owner !== after?.record.owner;
  return {
    state: after?.record.state,
    // A busy machine may cost an attempt before the kill, or after it: which one it is, is not promised.
    isResumed,
    ran: ran.map(({ step }) => step),
    hasGrowingTokens:
      known.every((token, index) => token >= (known[index - 1] ?? 0)) &&
      isResumed === (after !== undefined && before !== undefined && tokenOf(after) > tokenOf(before)),
  };
}
