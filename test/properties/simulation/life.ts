import type { LockRecord } from '../../../src/domain/lock-record.ts';
import type { OwnerId } from '../../../src/domain/owner.ts';

/** What is known of the work: of all of it, and of its steps since the lock was last created. */
export class Life {
  readonly #working = new Set<OwnerId>();
  readonly #returned = new Set<OwnerId>();
  readonly #completed = new Set<string>();
  readonly #contents = new Set<string>();
  readonly #reasons = new Set<string>();
  #finished = new Map<number, string | null>();
  #begun = new Map<number, OwnerId>();

  starts(owner: OwnerId): void {
    this.#working.add(owner);
  }

  stops(owner: OwnerId): void {
    this.#working.delete(owner);
  }

  returns(owner: OwnerId): void {
    this.#returned.add(owner);
  }

  isWorking = (owner: OwnerId): boolean => this.#working.has(owner);

  hasReturned = (owner: OwnerId): boolean => this.#returned.has(owner);

  /** Notes that the step at `position` begins, or that it is known not to be done. */
  begins(position: number, owner: OwnerId): void {
    this.#begun.set(position, owner);
  }

  isNotDone(position: number): void {
    this.#begun.delete(position);
  }

  /** Who began the step at `position` and may have done it. */
  begunBy = (position: number): OwnerId | undefined => this.#begun.get(position);

  /** Whether a stored record has ever shown the step at `position` as finished. */
  isFinished = (position: number): boolean => this.#finished.has(position);

  resultOf = (position: number): string | null | undefined => this.#finished.get(position);

  isWritten({ steps, state, fingerprint, lastError }: LockRecord): void {
    this.#contents.add(fingerprint);
    for (const [position, { status, result }] of steps.entries()) {
      if (status === 'finished') this.#finished.set(position, result);
    }
    if (state === 'completed') this.#completed.add(fingerprint);
    if (state === 'failed') this.#reasons.add(String(lastError));
  }

  /** The lock is gone. Its steps are forgotten, as they are for whoever comes next. */
  isDeleted({ owner, fingerprint }: LockRecord): void {
    if (this.hasReturned(owner)) this.#completed.add(fingerprint);
    this.#finished = new Map();
    this.#begun = new Map();
  }

  /** The reasons for which a lock was ever failed. */
  get reasons(): readonly string[] {
    return [...this.#reasons];
  }

  /** Whether the lock was ever that of other content. */
  hadOtherContent = (fingerprint: string): boolean => this.#contents.size > (this.#contents.has(fingerprint) ? 1 : 0);

  /** Whether work on this content was ever completed. */
  wasCompleted = (fingerprint: string): boolean => this.#completed.has(fingerprint);
}
