import { type Retention, type Verdict, verdictOf } from '../../domain/dead-letter.ts';
import type { Fingerprint } from '../../domain/fingerprint.ts';
import type { StoreTime } from '../../domain/time.ts';
import type { MessageIdentity } from '../../domain/work-key.ts';
import { errorText } from '../error-text.ts';
import type { LockPorts } from '../lock/owned-write.ts';
import type { LockSubject } from '../ports/lock-events.ts';
import { LockStoreError, type LockVersion, type StoredLock } from '../ports/lock-store.ts';
import type { ReceivedMessage } from '../ports/received-message.ts';
import type { DeadLetterMessage } from './dead-letters.ts';
import { type ListedEnd, type LockListing, LocksOfLetters } from './judge/locks-of-letters.ts';
import { type OperatorPorts, subjectOf } from './operator-ports.ts';

/** Which message a dead letter is, and what its content is known by; or why it is not one that can be processed. */
export type ReadLetter =
  | { readonly identity: MessageIdentity; readonly fingerprint: Fingerprint }
  | { readonly problem: string }
  /** It can be processed, but nobody here knows what its lock is named by: why. */
  | { readonly unnamed: string };

export interface JudgingPorts extends LockPorts, Pick<OperatorPorts, 'lockNameOf'> {
  readonly read: (received: ReceivedMessage) => ReadLetter;
  /** The time of the store: a lock that is not there tells none. */
  readonly storeNow: () => Promise<StoreTime>;
  readonly retention: Retention;
}

/** A dead letter, and what it and its lock say together. */
export interface JudgedLetter {
  readonly letter: DeadLetterMessage;
  /** Undefined if it cannot be processed: `problem` says why. */
  readonly identity: MessageIdentity | undefined;
  /** Undefined if it has none, or if that cannot be read. */
  readonly lockVersion: LockVersion | undefined;
  readonly fingerprint: Fingerprint | undefined;
  readonly verdict: Verdict;
  readonly problem: string | undefined;
}

/** With all that its lock says. */
export interface LetterWithLock extends JudgedLetter {
  readonly lock: StoredLock | undefined;
}

type KnownLock = StoredLock | ListedEnd;
type Find<Found> = (subject: LockSubject) => Promise<Found | undefined>;
type Judged<Found> = JudgedLetter & { readonly found: Found | undefined };

/** Locks that are read at once: enough to be quick, too few to crowd out the work. */
const concurrentReads = 32;

/** Compares dead letters with their locks. */
export class JudgeLetters {
  readonly #ports: JudgingPorts;
  readonly #locks: LocksOfLetters;

  constructor(ports: JudgingPorts, listing: LockListing) {
    this.#ports = ports;
    this.#locks = new LocksOfLetters(ports, listing);
  }

  /**
   * The verdicts and the locks, in the order of the letters.
   *
   * @throws LockUndecidedError if the store does not answer in time.
   */
  async withLocks(letters: readonly DeadLetterMessage[]): Promise<readonly LetterWithLock[]> {
    const judged = await this.#all(letters, (subject) => this.#locks.of(subject));
    return judged.map(({ found: lock, ...letter }) => ({ ...letter, lock }));
  }

  /** The verdicts alone: locks are not read where a listing decides. @throws as withLocks */
  async verdicts(letters: readonly DeadLetterMessage[]): Promise<readonly JudgedLetter[]> {
    return this.#all(letters, (subject) => this.#locks.briefly(subject));
  }

  async #all<Found extends KnownLock>(
    letters: readonly DeadLetterMessage[],
    find: Find<Found>,
  ): Promise<Judged<Found>[]> {
    if (letters.length === 0) return [];
    const [now] = await Promise.all([this.#ports.storeNow(), this.#locks.prepare()]);
    const judged: Judged<Found>[] = [];
    const rest = letters.entries();
    const worker = async () => {
      for (const [index, letter] of rest) judged[index] = await this.#judge(letter, now, find);
    };
    await Promise.all(Array.from({ length: concurrentReads }, worker));
    return judged;
  }

  async #judge<Found extends KnownLock>(
    letter: DeadLetterMessage,
    now: StoreTime,
    find: Find<Found>,
  ): Promise<Judged<Found>> {
    const { reason, received } = letter;
    const { enqueuedTime } = received;
    const read = this.#ports.read(received);
    const { retention } = this.#ports;
    if ('unnamed' in read) {
      return { letter, ...unread, verdict: 'unknown', problem: read.unnamed };
    }
    if ('problem' in read) {
      const verdict = verdictOf({ reason, enqueuedTime, fingerprint: undefined }, undefined, { now, retention });
      return { letter, ...unread, verdict, problem: read.problem };
    }
    const { identity, fingerprint } = read;
    try {
      const found = await find(subjectOf(this.#ports, identity));
      const verdict = verdictOf({ reason, enqueuedTime, fingerprint }, found, { now, retention });
      return { letter, identity, fingerprint, found, lockVersion: found?.version, verdict, problem: undefined };
    } catch (error) {
      // What is under the lock's name cannot be read: whether the work is done is not known.
      if (!(error instanceof LockStoreError)) throw error;
      return { letter, ...unread, identity, fingerprint, verdict: 'unknown', problem: errorText(error) };
    }
  }
}

const unread = { identity: undefined, fingerprint: undefined, found: undefined, lockVersion: undefined } as const;
