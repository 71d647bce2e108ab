import type { LockName } from './lock-name.ts';
import type { StoreTime } from './time.ts';

/** How far the sweep of a scope is: what one run leaves for the next, in whichever process that is. */
export interface SweepProgress {
  /** Who sweeps; undefined if nobody does. It counts only as long as the progress is written again and again. */
  readonly owner?: string | undefined;
  /** Since when sweeps have come without a gap as long as an outage; undefined: since this progress was written. */
  readonly presentSince?: StoreTime | undefined;
  /** The last one; undefined if none has begun. */
  readonly pass?: SweepPass | undefined;
}

/** One way through all locks of the scope, in as many runs as that takes. */
export interface SweepPass {
  readonly startedAt: StoreTime;
  /** Every lock up to this name was looked at; undefined at the beginning. */
  readonly upTo?: LockName | undefined;
  readonly isOver: boolean;
  readonly listed: number;
  readonly deleted: number;
}

/** As every store keeps it. */
export const sweepProgressText = (progress: SweepProgress): string => JSON.stringify(progress);

/** The progress in a stored text. One that is damaged says nothing: the sweep begins anew, which harms no lock. */
export function parseSweepProgress(text: string): SweepProgress | undefined {
  const value = parsed(text);
  if (!isRecord(value)) return undefined;
  const { owner, presentSince, pass } = value;
  if (!isTextOrNone(owner) || !isTimeOrNone(presentSince) || !(pass === undefined || isPass(pass))) return undefined;
  return { owner, presentSince, pass };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // It is damaged.
  }
  return undefined;
}

function isPass(value: unknown): value is SweepPass {
  if (!isRecord(value)) return false;
  const { startedAt, upTo, isOver, listed, deleted } = value;
  return [startedAt, listed, deleted].every(isCount) && isTextOrNone(upTo) && typeof isOver === 'boolean';
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
const isCount = (value: unknown): value is number => Number.isSafeInteger(value);
const isTextOrNone = (value: unknown): value is string | undefined => value === undefined || typeof value === 'string';
const isTimeOrNone = (value: unknown): value is StoreTime | undefined => value === undefined || isCount(value);
