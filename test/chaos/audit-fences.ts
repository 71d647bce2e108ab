import type { LockAudit } from './audit-locks.ts';
import type { FencedApplied } from './evidence.ts';

/** Follows the effects of one message that a resource can refuse: none may replace one that was made with a greater token. */
export class FenceAudit {
  /** How many effects of former owners found a later one's, and were not stored. */
  refused = 0;
  readonly #locks: LockAudit;
  readonly #tell: (what: string) => void;
  #stored: FencedApplied | undefined;

  constructor(locks: LockAudit, tell: (what: string) => void) {
    this.#locks = locks;
    this.#tell = tell;
  }

  look(effect: FencedApplied): void {
    const { owner, fencingToken, isStored } = effect;
    const before = this.#stored;
    const isOlder = before !== undefined && fencingToken < before.fencingToken;
    if (!isStored) {
      if (isOlder) this.refused += 1;
      return;
    }
    if (isOlder) this.#tell(`an effect with token ${fencingToken} replaced one with token ${before.fencingToken}`);
    if (before?.fencingToken === fencingToken && before.owner !== owner) {
      this.#tell(`two owners made effects with token ${fencingToken}`);
    }
    if (this.#locks.executions.get(owner)?.token !== fencingToken) {
      this.#tell(`an effect was made with token ${fencingToken} by ${owner}, who does not have it`);
    }
    this.#stored = effect;
  }
}
