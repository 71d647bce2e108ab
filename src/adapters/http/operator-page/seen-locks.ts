import type { InspectedMessage } from '../../../application/operate/inspect-message.ts';
import type { ListedLock } from '../../../application/ports/lock-catalog.ts';
import type { LockEvent } from '../../../application/ports/lock-events.ts';
import type { LockName } from '../../../domain/lock-name.ts';
import { acquiredAtOf, identityOf, type LockRecord } from '../../../domain/lock-record.ts';
import type { DurationMs, StoreTime } from '../../../domain/time.ts';
import type { MessageIdentity } from '../../../domain/work-key.ts';

/** A lock whose work is not completed, as far as it is known. */
export interface SeenLock {
  readonly name: LockName;
  readonly message: MessageIdentity;
  readonly state: LockRecord['state'];
  readonly owner: string | undefined;
  /** Undefined as long as only its name was listed. */
  readonly attempt: number | undefined;
  readonly stepsDone: number;
  readonly lastStep: string | undefined;
  readonly writtenAt: StoreTime;
  /** When its owner acquired it, as far as that is known. */
  readonly since: StoreTime;
  readonly ttlMs: DurationMs;
  /** How its owner came to it, where that is not its first. */
  readonly cause: string | undefined;
  /** The whole of it, as it was last read. */
  readonly inspected: InspectedMessage | undefined;
  /** The writes of its owner that were seen, the latest last. */
  readonly writes: readonly StoreTime[];
}

/** Something that ended a moment ago. */
export interface Ended {
  readonly message: MessageIdentity;
  readonly what: string;
  readonly at: StoreTime;
}

/** What was told of since the process started. */
export type Counted = 'completed' | 'skipped' | 'taken-over' | 'step-done' | 'step-replayed' | 'lost';

/** More of them are counted, and not kept. */
const mostLocks = 2000;
const mostEnded = 8;
const mostWrites = 40;

/**
 * The locks that are not completed: those of this process as they are told of, those of others as they are listed. Bounded,
 * however many there are.
 */
export class SeenLocks {
  readonly #locks = new Map<LockName, SeenLock & { pass: number }>();
  readonly #counts = new Map<Counted, number>();
  readonly #defaultTtlMs: DurationMs;
  #ended: readonly Ended[] = [];
  #pass = 0;
  #completed = 0;
  #completedInPass = 0;
  #isCut = false;
  #requests = 0;

  constructor(defaultTtlMs: DurationMs) {
    this.#defaultTtlMs = defaultTtlMs;
  }

  /** Those in `state`, the one longest in it first. */
  in(state: LockRecord['state']): readonly SeenLock[] {
    return [...this.#locks.values()]
      .filter((lock) => lock.state === state)
      .sort((one, other) => one.since - other.since || (one.name < other.name ? -1 : 1));
  }

  get(name: LockName): SeenLock | undefined {
    return this.#locks.get(name);
  }

  /** What ended last, the latest first. */
  get ended(): readonly Ended[] {
    return this.#ended;
  }

  /** Completed locks in the last whole pass through all names. */
  get completed(): number {
    return this.#completed;
  }

  /** Whether there are more than are kept. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** Requests to the store for those that this process has completed; of a message that was taken over, its last owner's. */
  get requests(): number {
    return this.#requests;
  }

  count(what: Counted): number {
    return this.#counts.get(what) ?? 0;
  }

  /** Takes up what happened to a lock in this process; `now` is what the store's clock may show. */
  tell(event: LockEvent, now: StoreTime): void {
    const { kind, lock: name } = event;
    const message = identityOf(event);
    if (isCounted(kind)) this.#counts.set(kind, this.count(kind) + 1);
    switch (kind) {
      case 'created':
      case 'taken-over': {
        const { owner, attempt, writtenAt } = event;
        const former = this.#locks.get(name);
        this.#keep({
          ...unread(name, message, this.#defaultTtlMs),
          state: 'held',
          owner,
          attempt,
          writtenAt,
          since: writtenAt,
          stepsDone: former?.stepsDone ?? 0,
          lastStep: former?.lastStep,
          cause: kind === 'taken-over' ? causes[event.cause] : undefined,
          writes: [writtenAt],
        });
        return;
      }
      case 'step-done':
      case 'step-replayed':
        this.#change(name, (lock) => ({
          stepsDone: Math.max(lock.stepsDone, event.position + 1),
          lastStep: event.step,
          ...(kind === 'step-done' && written(lock, now)),
        }));
        return;
      case 'completed':
        this.#requests += event.requests?.soFar ?? 0;
        this.#end(name, {
          message,
          what: event.attempt > 1 ? `completed in attempt ${event.attempt}` : 'completed',
          at: now,
        });
        return;
      case 'skipped':
        this.#note({ message, what: 'duplicate, skipped: it was completed before', at: now });
        return;
      case 'released':
      case 'failed':
        this.#change(name, () => ({ state: kind, writtenAt: now, since: now, inspected: undefined, cause: undefined }));
        return;
      case 'released-by-operator':
        this.#change(name, () => ({
          state: 'released',
          writtenAt: now,
          since: now,
          inspected: undefined,
          cause: undefined,
        }));
        return;
      case 'answered-by-operator':
        this.#change(name, () => ({ inspected: undefined }));
        return;
      case 'swept':
        this.#locks.delete(name);
        return;
    }
  }

  /** Takes up one answer of the listing. */
  list(locks: readonly ListedLock[]): void {
    for (const listed of locks) {
      if (listed.state === 'completed') this.#completedInPass += 1;
      this.#take(listed);
    }
  }

  /** All names were listed since the last call: what was not among them is not there any more. */
  endPass(): void {
    for (const [name, { pass }] of this.#locks) if (pass < this.#pass) this.#locks.delete(name);
    this.#completed = this.#completedInPass;
    this.#completedInPass = 0;
    this.#isCut = this.#locks.size >= mostLocks;
    this.#pass += 1;
  }

  /** Takes up what a lock says. `undefined`: it is gone. */
  read(name: LockName, inspected: InspectedMessage | undefined): void {
    const known = this.#locks.get(name);
    if (known === undefined) return;
    if (inspected === undefined) {
      this.#locks.delete(name);
      return;
    }
    const { record, writtenAt } = inspected.stored;
    const { state, owner, attempt, steps, ttlMs } = record;
    if (state === 'completed') {
      this.#end(name, { message: known.message, what: 'completed', at: writtenAt });
      return;
    }
    const done = steps.filter(({ status }) => status === 'finished');
    this.#keep({
      ...known,
      ...(owner === known.owner ? written(known, writtenAt) : { writtenAt, writes: [writtenAt] }),
      state,
      owner,
      attempt,
      ttlMs,
      stepsDone: done.length,
      lastStep: done.at(-1)?.name,
      since: state === 'held' ? acquiredAtOf(inspected.stored) : writtenAt,
      inspected,
    });
  }

  #take(listed: ListedLock): void {
    const { name, messageId: id, source, state, owner, writtenAt, version } = listed;
    const known = this.#locks.get(name);
    if (known === undefined && state === 'completed') return;
    const message = { id, ...(source !== undefined && { source }) };
    const isSame = known?.state === state && known.owner === owner;
    // A listing lags behind what is told of: an older revision says nothing new, but that the lock is there.
    if (known !== undefined && writtenAt < known.writtenAt - (isSame || state === 'completed' ? 1000 : 0)) {
      this.#keep(known);
    } else if (state === 'completed') {
      this.#end(name, { message, what: 'completed', at: writtenAt });
    } else if (isSame && known !== undefined) {
      const isRead = known.inspected?.stored.version === version;
      this.#keep({ ...known, ...written(known, writtenAt), inspected: isRead ? known.inspected : undefined });
    } else {
      const cause = state === 'held' && known?.state === 'held' ? causes.expired : undefined;
      const fresh = { state, owner, writtenAt, since: writtenAt, writes: [writtenAt], cause };
      this.#keep({ ...unread(name, message, this.#defaultTtlMs), ...fresh });
    }
  }

  #keep(lock: SeenLock): void {
    if (!this.#locks.has(lock.name) && this.#locks.size >= mostLocks) {
      this.#isCut = true;
      return;
    }
    this.#locks.set(lock.name, { ...lock, pass: this.#pass });
  }

  #change(name: LockName, changed: (lock: SeenLock) => Partial<SeenLock>): void {
    const lock = this.#locks.get(name);
    if (lock !== undefined) this.#keep({ ...lock, ...changed(lock) });
  }

  #end(name: LockName, ended: Ended): void {
    const wasHeld = this.#locks.get(name)?.state === 'held';
    this.#locks.delete(name);
    if (wasHeld) this.#note(ended);
  }

  #note(ended: Ended): void {
    this.#ended = [ended, ...this.#ended].slice(0, mostEnded);
  }
}

const unread = (name: LockName, message: MessageIdentity, ttlMs: DurationMs) => ({
  name,
  message,
  attempt: undefined,
  stepsDone: 0,
  lastStep: undefined,
  ttlMs,
  inspected: undefined,
});

const written = ({ writes, writtenAt }: SeenLock, at: StoreTime): Pick<SeenLock, 'writtenAt' | 'writes'> =>
  at > writtenAt ? { writtenAt: at, writes: [...writes, at].slice(-mostWrites) } : { writtenAt, writes };

const causes = {
  expired: 'taken over: its owner wrote no more',
  released: 'taken over: the attempt before was given up or failed',
  redriven: 'taken over: its message was sent again',
} as const;

const counted: ReadonlySet<string> = new Set<Counted>([
  'completed',
  'skipped',
  'taken-over',
  'step-done',
  'step-replayed',
  'lost',
]);
const isCounted = (kind: string): kind is Counted => counted.has(kind);
