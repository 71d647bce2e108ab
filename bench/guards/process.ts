import { serveCalls } from '../processes/serve-calls.ts';
import { profiled } from '../profile/record.ts';
import type { Guard, GuardSettings, MakeGuard, Path } from './guard.ts';
import { type Load, measure } from './measure.ts';

// One guard in a process of its own. The argument is the guard's file, as seen from this folder.
let guard: Guard | undefined;
let doneIds: string[] = [];

function pathOf(path: Path): (id: string) => Promise<unknown> {
  const run = guard?.paths[path];
  if (run === undefined) throw new Error(`This guard has no path "${path}".`);
  return run;
}

/** Messages that are done already, for those paths that need some. */
async function doneBefore(): Promise<readonly string[]> {
  if (doneIds.length === 0) {
    doneIds = Array.from({ length: 64 }, () => crypto.randomUUID());
    await Promise.all(doneIds.map(pathOf('new')));
  }
  return doneIds;
}

serveCalls({
  start: async (settings: GuardSettings) => {
    const { makeGuard }: { makeGuard: MakeGuard } = await import(new URL(process.argv[2] ?? '', import.meta.url).href);
    guard = await makeGuard(settings);
  },
  answerAfter: (latencyMs: number) => guard?.answerAfter?.(latencyMs),
  /** Makes those messages that later ones are duplicates of. Otherwise they are made when they are needed. */
  prepareDone: doneBefore,
  /** The store was emptied, or is within this process and is now. */
  forgetAll: () => {
    doneIds = [];
    guard?.forgetAll?.();
  },
  profile: async ({ path, ...load }: Load & { path: Path }) =>
    (await profiled(() => measure(pathOf(path), load))).profile,
  /** In bytes, after a garbage collection. */
  heapUsed: () => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  },
  measure: async ({ path, ...load }: Load & { path: Path }) =>
    measure(pathOf(path), load, path === 'new' ? [] : await doneBefore()),
});
