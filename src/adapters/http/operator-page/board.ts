import { errorText } from '../../../application/error-text.ts';
import type { LockEvent } from '../../../application/ports/lock-events.ts';
import type { LockName } from '../../../domain/lock-name.ts';
import type { LockRecord } from '../../../domain/lock-record.ts';
import { type DurationMs, type StoreTime, storeTime } from '../../../domain/time.ts';
import { type LookedLetters, lookAtLetters } from './letter-groups.ts';
import type { PageOperations } from './operations.ts';
import { type SeenLock, SeenLocks } from './seen-locks.ts';

export interface BoardOptions {
  readonly operations: Pick<PageOperations, 'listLocks' | 'listDeadLetters' | 'inspectMessage'>;
  /** What locks are taken to live for until they are read. */
  readonly lockTtlMs: DurationMs;
  /** How often names are listed while somebody looks: each listing is billed as a write. */
  readonly listEveryMs: DurationMs;
}

/** Rows of one kind that are shown, and read for that. */
export const mostShown = 40;

/** Pages of 5,000 names that one look lists. Where there are more, the next look goes on behind them. */
const pagesPerLook = 2;
const tickMs = 500;
const readsPerTick = 10;
const readAgainAfterMs = 2000;
/** A look at dead letters reads a lock for each. */
const lettersEveryInLooks = 3;
const longestWaitMs = 5000;

/**
 * What is known of one source at the moment. It looks only while somebody looks at it: lists names, reads the locks that are
 * shown, and compares the first dead letters; in between it is told what this process does.
 */
export class Board {
  readonly locks: SeenLocks;
  letters: LookedLetters | undefined;
  /** Why something could not be looked at. */
  readonly troubles: Map<'locks' | 'dead letters', string> = new Map();
  readonly #options: BoardOptions;
  readonly #listeners = new Set<() => void>();
  readonly #readAt = new Map<LockName, number>();
  readonly #underWay = new Map<string, Promise<void>>();
  #ahead = 0;
  #cursor: LockName | undefined;
  #listedAt = Number.NEGATIVE_INFINITY;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: BoardOptions) {
    this.#options = options;
    this.locks = new SeenLocks(options.lockTtlMs);
  }

  /** What the store's clock may show: for people, and to draw by. */
  get storeNow(): StoreTime {
    return storeTime(Date.now() + this.#ahead);
  }

  tell(event: LockEvent): void {
    this.locks.tell(event, this.storeNow);
    if (mayMoveLetters.has(event.kind)) this.lettersChanged();
  }

  /** The dead letters are looked at anew at the next moment. */
  lettersChanged(): void {
    this.#lookedAt = Math.min(this.#lookedAt, performance.now() - this.#lettersEveryMs + 1000);
  }

  /** Looks at what is due, and waits for that a little. Never rejects. */
  async look(): Promise<void> {
    const over = Promise.withResolvers<void>();
    const timer = setTimeout(over.resolve, longestWaitMs);
    await Promise.race([Promise.all(this.#looks()).then(() => Promise.all(this.#reads())), over.promise]);
    clearTimeout(timer);
  }

  /** Tells `listener` twice a second, until the function that it returns is called. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#timer ??= setInterval(() => this.#tick(), tickMs).unref();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  /** How many watch it. */
  get watchers(): number {
    return this.#listeners.size;
  }

  /** Those that are shown, and how many there are. */
  shown(state: LockRecord['state']): { readonly locks: readonly SeenLock[]; readonly count: number } {
    const locks = this.locks.in(state);
    return { locks: locks.slice(0, mostShown), count: locks.length };
  }

  get #lettersEveryMs(): number {
    return lettersEveryInLooks * this.#options.listEveryMs;
  }

  #tick(): void {
    this.#looks();
    this.#reads();
    for (const listener of this.#listeners) listener();
  }

  #looks(): readonly Promise<void>[] {
    const now = performance.now();
    // One that is under way may not have seen the latest change: then another one follows it.
    if (now - this.#listedAt >= this.#options.listEveryMs && !this.#underWay.has('locks')) {
      this.#listedAt = now;
      void this.#once('locks', () => this.#list());
    }
    if (now - this.#lookedAt >= this.#lettersEveryMs && !this.#underWay.has('dead letters')) {
      this.#lookedAt = now;
      void this.#once('dead letters', async () => {
        this.letters = await lookAtLetters(this.#options.operations.listDeadLetters);
      });
    }
    return [...this.#underWay.values()];
  }

  /** Lists on from where the last look ended. */
  async #list(): Promise<void> {
    let pages = 0;
    for await (const { locks, last, observedAt } of this.#options.operations.listLocks.run({}, this.#cursor)) {
      this.#ahead = observedAt - Date.now();
      this.locks.list(locks);
      this.#cursor = last;
      pages += 1;
      if (pages === pagesPerLook && last !== undefined) return;
    }
    this.locks.endPass();
    this.#cursor = undefined;
  }

  /** Reads what is shown and not known, or is renewed from time to time. */
  #reads(): readonly Promise<void>[] {
    const now = performance.now();
    const isDue = ({ name, inspected, state, since }: SeenLock): boolean => {
      const readAt = this.#readAt.get(name) ?? Number.NEGATIVE_INFINITY;
      // What is done within a second is not worth a read.
      const isFleeting = state === 'held' && this.storeNow - since < 1000 && this.#readAt.get(name) === undefined;
      return !isFleeting && now - readAt >= readAgainAfterMs && (state === 'held' || inspected === undefined);
    };
    const shown = (['held', 'released', 'failed'] as const).flatMap((state) => this.shown(state).locks);
    const names = new Set(shown.map(({ name }) => name));
    for (const name of this.#readAt.keys()) if (!names.has(name)) this.#readAt.delete(name);
    return shown
      .filter(isDue)
      .slice(0, readsPerTick)
      .map(({ name, message }) => {
        this.#readAt.set(name, now);
        return this.#once(name, async () => {
          const inspected = await this.#options.operations.inspectMessage.run(message);
          this.locks.read(name, inspected);
        });
      });
  }

  /** Does `work` unless it is under way. What fails is told of, and tried again when it is due. */
  #once(what: string, work: () => Promise<void>): Promise<void> {
    const known = this.#underWay.get(what);
    if (known !== undefined) return known;
    const kind = what === 'dead letters' ? what : 'locks';
    const done = work().then(
      () => void this.troubles.delete(kind),
      (error: unknown) => void this.troubles.set(kind, errorText(error)),
    );
    const ended = done.finally(() => this.#underWay.delete(what));
    this.#underWay.set(what, ended);
    return ended;
  }
}

/** After these there may be one more dead letter, or one less. */
const mayMoveLetters: ReadonlySet<string> = new Set<LockEvent['kind']>([
  ...(['failed', 'refused', 'mismatch', 'redriven', 'dead-letter-completed'] as const),
]);
