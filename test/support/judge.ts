import type { StoredLock } from '../../src/application/ports/lock-store.ts';
import { type FencingToken, tokenOfCreate } from '../../src/domain/fencing-token.ts';
import { type LockRecord, tokenOf } from '../../src/domain/lock-record.ts';
import type { OwnerId } from '../../src/domain/owner.ts';
import { isSamePhysicalMessage } from '../../src/domain/physical-message.ts';
import { graceOf } from '../../src/domain/ttl.ts';

/**
 * The promise of the protocol, as rules about what the store may be made to hold: exploration, crash grid, simulation and chaos
 * show every write that was applied to this one judge. It knows the records and the store's times, and nothing of how they came
 * about; what else a world can tell it, it tells by `Facts`.
 */
export type Revision = Pick<StoredLock, 'record' | 'writtenAt'>;

/** What a world knows besides the two records. What it does not know, it leaves out, and the rule about it is not asked. */
export interface Facts {
  /** The store's time of the write in full; by default as the store shows it, in whole seconds. */
  readonly now?: number;
  readonly past: Past;
  /** Whether this owner's work is under way. */
  readonly isWorking?: (owner: OwnerId) => boolean;
  /** What this owner's handler has returned, as JSON text; undefined as long as it has not. */
  readonly returned?: (owner: OwnerId) => string | undefined;
}

/** What earlier writes of one lock leave a judge to remember. */
export class Past {
  readonly owners: Set<OwnerId>;
  /** The greatest token of all acquisitions. */
  greatestToken: number;
  /** Whether the lock was ever deleted. */
  isRecreated: boolean;

  constructor({ owners = [], greatestToken = 0, isRecreated = false }: Partial<PastFacts> = {}) {
    this.owners = new Set(owners);
    this.greatestToken = greatestToken;
    this.isRecreated = isRecreated;
  }

  writes(written: Revision): void {
    this.owners.add(written.record.owner);
    this.greatestToken = Math.max(this.greatestToken, tokenOf(written));
  }

  /** A write that creates it anew may be a late one of a former owner: nobody can tell it from the first. */
  deletes(): void {
    this.owners.clear();
    this.isRecreated = true;
  }
}

type PastFacts = Pick<Past, 'greatestToken' | 'isRecreated'> & { readonly owners: Iterable<OwnerId> };

/** What is wrong with the write that replaced `previous` by `written`, a sentence each. `previous`: undefined for no lock. */
export function* judge(previous: Revision | undefined, written: Revision, facts: Facts): Iterable<string> {
  const before = previous?.record;
  const { record } = written;
  if (previous === undefined) yield* judgeCreation(written, facts);
  else if (before?.owner !== record.owner) {
    const isByHand = record.operator !== undefined && record.state !== 'held';
    yield* (isByHand ? judgeOperator : judgeTakeover)(previous, written, facts);
  } else yield* judgeOwnWrite(previous, written, facts);
  const { owner, state } = record;
  if (before !== undefined) {
    if (nameOf(before) !== nameOf(record)) yield `${owner} makes it the lock of ${nameOf(record)}`;
    yield* judgeSteps(before, record);
  }
  if (state === 'failed' && record.lastError === null) yield `${owner} fails the message without a reason`;
}

function* judgeCreation(written: Revision, facts: Facts): Iterable<string> {
  const { owner, attempt, steps } = written.record;
  yield* judgeNewOwner(written, facts);
  if (attempt !== 1 || steps.length > 0) yield `${owner} creates a lock as if it took one over`;
  // Created anew within the second of its deletion, a lock has the same token.
  const { greatestToken, isRecreated } = facts.past;
  const isTie =
    isRecreated && tokenOf(written) === tokenOfCreate(written.writtenAt) && greatestToken < written.writtenAt + 1000;
  if (!isTie) yield* judgeToken(written, greatestToken);
}

/** Who may become the owner of a lock that another one has or had. */
function* judgeTakeover(previous: Revision, written: Revision, facts: Facts): Iterable<string> {
  const { record: before, writtenAt } = previous;
  const { owner, attempt, physical, fingerprint } = written.record;
  const from = `${owner} takes over from ${before.owner}`;
  yield* judgeNewOwner(written, facts);
  yield* judgeToken(written, Math.max(facts.past.greatestToken, tokenOf(previous)));
  // Both stamps are the store's, and whoever took over had seen one between them.
  const ageMs = written.writtenAt - writtenAt;
  switch (before.state) {
    case 'completed':
      yield `${from}, which completed the work`;
      break;
    case 'held':
      if (ageMs <= before.ttlMs + graceOf(before.ttlMs)) yield `${from}, which wrote ${ageMs} ms ago`;
      break;
    case 'released':
      // If only the second of the write is known, it may have been at the end of it.
      if ((facts.now ?? written.writtenAt + 999) - writtenAt < before.retryAfterMs)
        yield `${from} before the retry is due`;
      break;
    case 'failed':
      if (isSamePhysicalMessage(before.physical, physical)) yield `${from}, though this message failed for good`;
      break;
  }
  const isRedriven = before.state === 'failed';
  const expected = isRedriven ? 1 : before.attempt + 1;
  if (attempt !== expected) yield `${owner} counts attempt ${attempt}, which is ${expected}`;
  if (!isRedriven && fingerprint !== before.fingerprint) yield `${from}, with other content`;
}

/** What a person may make of a lock: free again, with its steps; or the same with the answer to one step. */
function* judgeOperator(previous: Revision, written: Revision, facts: Facts): Iterable<string> {
  const { record: before, writtenAt } = previous;
  const { record } = written;
  const { owner, state, operator, attempt, retryAfterMs } = record;
  const by = `${owner} acts on the lock of ${before.owner}`;
  if (facts.past.owners.has(owner)) yield `${owner} comes back`;
  yield* judgeToken(written, Math.max(facts.past.greatestToken, tokenOf(previous)));
  if (before.state === 'completed') yield `${by}, which completed the work`;
  const isAnswer = operator?.action === 'answer';
  const mayBe = before.state === 'failed' && isAnswer ? 'failed' : 'released';
  if (state !== mayBe) yield `${by} and makes it ${state}`;
  // Whoever owns or was released by force may be at work for so long.
  const lifeMs = before.ttlMs + graceOf(before.ttlMs);
  const isActive = before.state === 'held' && written.writtenAt - writtenAt <= lifeMs;
  if (isActive && isAnswer) yield `${by}, which is active, with an answer`;
  if (isActive && !isAnswer && retryAfterMs < lifeMs) yield `${by}, which is active, and lets others in at once`;
  const [dueAt, wasDueAt] = [written.writtenAt + retryAfterMs, writtenAt + before.retryAfterMs];
  if (before.state === 'released' && dueAt < wasDueAt) yield `${by}, and makes it due sooner`;
  if (before.state === 'released' && !isAnswer) yield `${by}, which is released`;
  const expected = before.state === 'failed' && !isAnswer ? 0 : before.attempt;
  if (attempt !== expected) yield `${owner} counts attempt ${attempt}, which is ${expected}`;
  if (record.fingerprint !== before.fingerprint) yield `${by}, and changes the content`;
  if (!isSamePhysicalMessage(before.physical, record.physical)) yield `${by}, and changes the physical message`;
  const changed = record.steps.filter((step, position) => {
    const { status, name, result } = before.steps[position] ?? {};
    return step.status !== status || step.name !== name || step.result !== result;
  });
  if (record.steps.length !== before.steps.length || changed.length !== (isAnswer ? 1 : 0)) {
    yield `${by}, and changes ${changed.length} steps`;
  }
  const answered = record.steps.find((step) => changed.includes(step));
  const position = answered === undefined ? -1 : record.steps.indexOf(answered);
  if (answered !== undefined && before.steps[position]?.status !== 'started') {
    yield `${by}, and answers ${answered.name}, which nobody asks about`;
  }
}

function* judgeNewOwner({ record: { owner, state } }: Revision, { past }: Facts): Iterable<string> {
  if (past.owners.has(owner)) yield `${owner} comes back`;
  if (state !== 'held') yield `${owner} makes a lock ${state} that is not its own`;
}

function* judgeToken(written: Revision, greatest: number): Iterable<string> {
  const token: FencingToken = tokenOf(written);
  if (token <= greatest) yield `the token of ${written.record.owner} is ${token}, but one before it was ${greatest}`;
}

/** What the owner may still write. After its last word it can only repeat it, for a write of it that landed late. */
function* judgeOwnWrite(previous: Revision, written: Revision, facts: Facts): Iterable<string> {
  const { record: before } = previous;
  const { record } = written;
  const { owner, state } = record;
  if (before.state !== 'held' && before.state !== state) yield `${owner} makes a lock ${state} that is ${before.state}`;
  if (sequenceOf(record) <= sequenceOf(before)) yield `${owner} stores ${record.writeId} after ${before.writeId}`;
  if (tokenOf(written) !== tokenOf(previous)) yield `${owner} changes its token`;
  if (record.attempt !== before.attempt) yield `${owner} counts attempt ${record.attempt}, which is ${before.attempt}`;
  if (record.fingerprint !== before.fingerprint) yield `${owner} changes the content`;
  if (state !== 'held' && facts.isWorking?.(owner)) yield `${owner} makes its lock ${state} while it works`;
  if (state === 'completed' && facts.returned !== undefined) {
    const returned = facts.returned(owner);
    if (returned === undefined) yield `${owner} completes what its handler did not`;
    else if (record.result !== returned) yield `${owner} loses what its handler returned`;
  }
}

function* judgeSteps(before: LockRecord, record: LockRecord): Iterable<string> {
  for (const [position, { name, status, result }] of before.steps.entries()) {
    const step = record.steps[position];
    const isKept = step?.status === 'finished' && step.name === name && step.result === result;
    if (status === 'finished' && !isKept) yield `${record.owner} loses the finished step ${name}`;
  }
}

/** Whose lock it is. */
const nameOf = ({ source, messageId }: LockRecord): string => [source, messageId].filter(Boolean).join(' ');

const sequenceOf = ({ owner, writeId }: LockRecord): number => Number(writeId.slice(owner.length + 1));

/** A step that begins, as its owner sees it. */
export interface Beginning {
  readonly owner: OwnerId;
  readonly step: string;
  readonly fencingToken: FencingToken;
  /** How long ago its owner sent its latest write that was applied, by the right time. */
  readonly sinceLastWriteMs: number;
  /** Whether the step was ever stored, or its work ever told, as finished. */
  readonly isFinished: boolean;
  /** By what part of itself the owner's clock may be slow. Default: it is right. */
  readonly slowness?: number;
}

/** What is wrong with beginning a step while the store holds `lock`: that takes a lock that is held, valid and one's own. */
export function* judgeBeginning(lock: Revision | undefined, beginning: Beginning): Iterable<string> {
  const { owner, step, fencingToken, sinceLastWriteMs, isFinished, slowness = 0 } = beginning;
  const begins = `${owner} begins ${step}`;
  if (isFinished) yield `${begins}, which is finished`;
  if (lock?.record.owner !== owner) {
    yield `${begins}, but ${lock?.record.owner ?? 'nobody'} owns`;
    return;
  }
  const { state, ttlMs } = lock.record;
  if (state !== 'held') yield `${begins}, but its lock is ${state}`;
  if (fencingToken !== tokenOf(lock)) yield `${begins} with another token than its lock has`;
  const validMs = (ttlMs - graceOf(ttlMs)) * (1 + slowness) + (slowness > 0 ? 1 : 0);
  if (sinceLastWriteMs > validMs) yield `${begins} ${Math.round(sinceLastWriteMs)} ms after it sent its last write`;
}
