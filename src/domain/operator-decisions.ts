import { tokenOfTakeover } from './fencing-token.ts';
import { remembered } from './lock-history.ts';
import {
  formerOwner,
  isExpired,
  type LockContent,
  type LockRecord,
  type ObservedLock,
  type Ownership,
  tokenOf,
} from './lock-record.ts';
import type { OperatorAct } from './operator-act.ts';
import type { Step } from './step.ts';
import { after, type DurationMs, durationMs, type StoreTime } from './time.ts';
import { graceOf } from './ttl.ts';

/** Whether a lock may be released by hand, and what for. */
export type ReleaseDecision =
  /** `retryAfterMs` after the release the next owner may start: only then has the validity of a live former owner ended. */
  | {
      readonly kind: 'release';
      readonly from: 'active' | 'expired' | 'failed';
      readonly retryAfterMs: DurationMs;
    }
  /** An owner may be at work: it takes force, or waiting until `freeAt` unless the owner writes again. */
  | { readonly kind: 'active'; readonly freeAt: StoreTime }
  /** The work is done. To run it again, a message under a new ID is sent. */
  | { readonly kind: 'completed' }
  /** It is released: from `freeAt` on the next delivery takes it over without anybody's help. */
  | { readonly kind: 'released'; readonly freeAt: StoreTime };

/**
 * What a release by hand does to `observed`. It never forgets a step, and it never lets two owners work at once: the former
 * owner of an active lock stops within the time that the next one waits.
 */
export function decideRelease(observed: ObservedLock, isForced: boolean): ReleaseDecision {
  const { record, writtenAt } = observed;
  switch (record.state) {
    case 'completed':
      return { kind: 'completed' };
    case 'failed':
      return { kind: 'release', from: 'failed', retryAfterMs: atOnce };
    // Not sooner: whoever was released by force may be at work until then.
    case 'released':
      return { kind: 'released', freeAt: after(writtenAt, record.retryAfterMs) };
    case 'held':
      if (isExpired(observed)) return { kind: 'release', from: 'expired', retryAfterMs: atOnce };
      if (!isForced) return { kind: 'active', freeAt: after(writtenAt, lifeOf(record)) };
      return { kind: 'release', from: 'active', retryAfterMs: lifeOf(record) };
  }
}

/** The record of a release. Of a failed lock the attempts are counted from the start, as after a re-drive. */
export const releasedByOperator = (
  observed: ObservedLock,
  { from, retryAfterMs }: ReleaseDecision & { kind: 'release' },
  by: OperatorWrite,
): LockContent => ({
  ...asOperator(observed, by),
  ...(from === 'failed' && { attempt: 0, failures: 0, crashes: 0 }),
  state: 'released',
  retryAfterMs,
});

/** A step that was begun, must run at most once, and did not finish; and what a person found out about it. */
export interface Answer {
  /** Its place among the steps, from 0. */
  readonly position: number;
  /** Done, with what it returned as JSON text, null for nothing; or not done, so that it is run again. */
  readonly outcome: { readonly kind: 'done'; readonly result: string | null } | { readonly kind: 'not-done' };
}

/** Whether a step can be answered. */
export type AnswerDecision =
  | { readonly kind: 'answer' }
  | { readonly kind: 'active'; readonly freeAt: StoreTime }
  | { readonly kind: 'completed' }
  /** There is no step at that place that waits for an answer. `open`: the places of those that do. */
  | { readonly kind: 'not-open'; readonly open: readonly number[] };

/** Only where nobody can be at work: an answer beside an owner would be overtaken by what it does. */
export function decideAnswer(observed: ObservedLock, position: number | undefined): AnswerDecision {
  const { record, writtenAt } = observed;
  if (record.state === 'completed') return { kind: 'completed' };
  if (record.state === 'held' && !isExpired(observed)) {
    return { kind: 'active', freeAt: after(writtenAt, lifeOf(record)) };
  }
  const open = openSteps(record);
  return open.some((place) => place === position) ? { kind: 'answer' } : { kind: 'not-open', open };
}

/** The places of the steps that were begun and may run at most once. */
export const openSteps = ({ steps }: Pick<LockRecord, 'steps'>): readonly number[] =>
  steps.flatMap(({ status }, position) => (status === 'started' ? [position] : []));

/**
 * The record of an answer. A failed lock stays failed: its message still has to be sent anew or re-driven. A released one is
 * not due sooner than before.
 */
export function answeredByOperator(
  observed: ObservedLock,
  { position, outcome }: Answer,
  by: OperatorWrite,
): LockContent {
  const { writtenAt, observedAt } = observed;
  const { state, steps, retryAfterMs } = observed.record;
  return {
    ...asOperator(observed, by),
    state: state === 'failed' ? 'failed' : 'released',
    retryAfterMs: untilDue(after(writtenAt, retryAfterMs), observedAt),
    steps: steps.map((step, place) => (place === position ? answered(step, outcome) : step)),
  };
}

const answered = ({ name }: Step, outcome: Answer['outcome']): Step =>
  outcome.kind === 'done'
    ? { name, status: 'finished', result: outcome.result }
    : { name, status: 'not-done', result: null };

/** Who writes, and the act that is written. */
export interface OperatorWrite {
  /** A name that no execution has, as new as every owner's. */
  readonly ownership: Pick<Ownership, 'owner' | 'host'>;
  readonly act: OperatorAct;
}

/** A takeover by a person: with a greater token, so that the former owner is fenced off. It is not an attempt. */
function asOperator(observed: ObservedLock, { ownership, act }: OperatorWrite): LockContent {
  const { acquiredAt: _, ...record } = observed.record;
  const former = formerOwner(observed);
  const isForced = record.state === 'held' && !isExpired(observed);
  return {
    ...record,
    owner: ownership.owner,
    host: ownership.host,
    fencingToken: tokenOfTakeover(tokenOf(observed), observed.observedAt),
    operator: act,
    history: remembered(record.history, isForced ? { ...former, ending: 'released-by-operator' } : former),
  };
}

/** How long others wait for an owner that writes no more. */
const lifeOf = ({ ttlMs }: LockRecord): DurationMs => durationMs(ttlMs + graceOf(ttlMs));

const atOnce = durationMs(0);

/** How far `due` is from `now`. Where the store's clocks disagree, `now` can be before the write that said when it is due. */
const untilDue = (due: StoreTime, now: StoreTime): DurationMs => durationMs(Math.max(0, due - now));
