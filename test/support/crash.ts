import type { Clock } from '../../src/application/ports/clock.ts';
import type { LockStore } from '../../src/application/ports/lock-store.ts';

/** The end of one instance: from then on, no call to the store and no timer of its own comes through to it. */
export class Crash {
  readonly #ended = new AbortController();

  get isOver(): boolean {
    return this.#ended.signal.aborted;
  }

  now(): void {
    this.#ended.abort(new Error('This instance has crashed.'));
  }

  /** `store` as the instance sees it. A request that was sent before is still applied. */
  store(store: LockStore): LockStore {
    return {
      read: (name) => this.#unlessOver(() => store.read(name)),
      put: (name, record, condition) => this.#unlessOver(() => store.put(name, record, condition)),
      delete: (name, version) => this.#unlessOver(() => store.delete(name, version)),
    };
  }

  sleep(clock: Clock): Clock['sleep'] {
    return (wait, signal) => {
      const until = signal === undefined ? this.#ended.signal : AbortSignal.any([signal, this.#ended.signal]);
      return this.#unlessOver(() => clock.sleep(wait, until));
    };
  }

  async #unlessOver<T>(call: () => Promise<T>): Promise<T> {
    if (this.isOver) await never;
    try {
      return await call();
    } finally {
      if (this.isOver) await never;
    }
  }
}

const never = new Promise<never>(() => undefined);
