import { compareFingerprints } from '../../../domain/fingerprint.ts';
import { type DurationMs, durationMs, seconds } from '../../../domain/time.ts';
import { readInBudget } from '../../lock/owned-write.ts';
import type { StoredLock } from '../../ports/lock-store.ts';
import { Deadline } from '../../time/deadline.ts';
import type { DeadLetterPass } from '../dead-letters.ts';
import type { JudgedLetter } from '../judge-letters.ts';
import { subjectOf } from '../operator-ports.ts';
import type { RedrivePorts } from './redrive-options.ts';

const confirmWithin = seconds(10);
const lookEvery = durationMs(200);

/** What becomes of the copies that were sent. */
export class Copies {
  readonly #ports: RedrivePorts;
  readonly #pass: DeadLetterPass;

  constructor(ports: RedrivePorts, pass: DeadLetterPass) {
    this.#ports = ports;
    this.#pass = pass;
  }

  /** Those that are there: seen on the queue, or their locks were written since, so that somebody works on them. */
  async confirmed(sent: readonly JudgedLetter[]): Promise<ReadonlySet<JudgedLetter>> {
    const deadline = new Deadline(this.#ports.clock, confirmWithin);
    const confirmed = new Set<JudgedLetter>();
    for (let open = sent; ; ) {
      const seen = await this.#pass.seen(open.map(({ letter }) => letter));
      for (const each of open) {
        if (seen.has(each.letter) || (await this.#isWrittenSince(each))) confirmed.add(each);
      }
      open = open.filter((each) => !confirmed.has(each));
      if (open.length === 0 || deadline.isOver) return confirmed;
      await this.#ports.clock.sleep(lookEvery);
    }
  }

  /** Whether one of them fails for good again within `watchMs`, or until all are done. */
  async failAgain(sent: readonly JudgedLetter[], watchMs: DurationMs, signal?: AbortSignal): Promise<boolean> {
    const deadline = new Deadline(this.#ports.clock, watchMs);
    for (let open = sent; open.length > 0; ) {
      const locks = await Promise.all(open.map((each) => this.#lockOf(each)));
      const isNew = (lock: StoredLock | undefined, index: number) => lock?.version !== open[index]?.lockVersion;
      if (locks.some((lock, index) => lock?.record.state === 'failed' && isNew(lock, index))) return true;
      open = open.filter((_, index) => locks[index]?.record.state !== 'completed');
      if (deadline.isOver || signal?.aborted) return false;
      if (open.length > 0) await this.#ports.clock.sleep(lookEvery);
    }
    return false;
  }

  async #isWrittenSince(judged: JudgedLetter): Promise<boolean> {
    const lock = await this.#lockOf(judged);
    if (lock === undefined || judged.fingerprint === undefined || lock.version === judged.lockVersion) return false;
    // Of other content under its ID the lock says nothing about this message.
    return compareFingerprints(lock.record.fingerprint, judged.fingerprint) === 'same';
  }

  async #lockOf({ identity }: JudgedLetter): Promise<StoredLock | undefined> {
    return identity && readInBudget(this.#ports, subjectOf(this.#ports, identity));
  }
}
