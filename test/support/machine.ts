import type { Clock, SleepSignal } from '../../src/application/ports/clock.ts';
import type { LockStore } from '../../src/application/ports/lock-store.ts';
import type { DurationMs } from '../../src/domain/time.ts';

/** What one instance runs on. It can crash, and it can stand still for a while. */
export class Machine {
  readonly #crashed = new AbortController();
  #thawed = Promise.resolve();
  #thaw = () => {};

  get isCrashed(): boolean {
    return this.#crashed.signal.aborted;
  }

  /** From here on no call to the store and no timer comes through. A request that was sent before is still applied. */
  crash(): void {
    this.#crashed.abort(new Error('This instance has crashed.'));
  }

  /** Until it thaws, no answer of the store and no timer comes through: its processor works on something else. */
  freeze(): void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#thawed = promise;
    this.#thaw = resolve;
  }

  thaw(): void {
    this.#thaw();
  }

  /** `store` as the instance sees it. */
  store(store: LockStore): LockStore {
    return {
      read: (name) => this.#unlessCrashed(() => store.read(name)),
      put: (name, record, condition) => this.#unlessCrashed(() => store.put(name, record, condition)),
      delete: (name, version) => this.#unlessCrashed(() => store.delete(name, version)),
    };
  }

  sleep(clock: Clock): Clock['sleep'] {
    return (wait, signal) => this.#unlessCrashed(() => this.#sleep(clock, wait, signal));
  }

  /** Ends with either signal, and leaves no listener behind on one that lives on. */
  async #sleep(clock: Clock, wait: DurationMs, signal: SleepSignal | undefined): Promise<void> {
    const until = new AbortController();
    const ends = [this.#crashed.signal, ...(signal === undefined ? [] : [signal])].map((end) => {
      const abort = () => until.abort(end.reason);
      if (end.aborted) abort();
      else end.addEventListener('abort', abort, { once: true });
      return () => end.removeEventListener('abort', abort);
    });
    try {
      await clock.sleep(wait, until.signal);
    } finally {
      for (const leave of ends) leave();
    }
  }

  async #unlessCrashed<T>(call: () => Promise<T>): Promise<T> {
    if (this.isCrashed) await never;
    try {
      return await call();
    } finally {
      await this.#thawed;
      if (this.isCrashed) await never;
    }
  }
}

const never = new Promise<never>(() => undefined);
