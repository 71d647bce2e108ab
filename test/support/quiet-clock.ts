import { setTimeout as delay } from 'node:timers/promises';
import { ManualClock } from '../../src/adapters/in-memory/manual-clock.ts';
import type { LockStore } from '../../src/application/ports/lock-store.ts';

/**
 * A clock for work on a real store: time passes only while no request is under way. So what is due when does not depend on
 * how fast the machine is.
 */
export class QuietClock extends ManualClock {
  #underWay = 0;

  /** `store`, whose requests this clock waits for. */
  watch(store: LockStore): LockStore {
    return {
      read: (name) => this.#whileStopped(() => store.read(name)),
      put: (name, record, condition) => this.#whileStopped(() => store.put(name, record, condition)),
      delete: (name, version) => this.#whileStopped(() => store.delete(name, version)),
    };
  }

  protected override tick(): Promise<void> {
    return this.#underWay > 0 ? delay(1) : super.tick();
  }

  async #whileStopped<T>(request: () => Promise<T>): Promise<T> {
    this.#underWay += 1;
    try {
      return await request();
    } finally {
      this.#underWay -= 1;
    }
  }
}
