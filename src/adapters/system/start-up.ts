import { setTimeout as pause } from 'node:timers/promises';
import type { DurationMs } from '../../domain/time.ts';

type Log = (level: 'warn', message: string, facts: { readonly event: string }) => void;

/** How long a starting host goes on asking for what it cannot work without, all of it together. */
export class StartUp {
  readonly #log: Log;
  readonly #limitMs: DurationMs;
  readonly #end: number;
  readonly #over: AbortSignal;

  /** Counts from now. Once `over` is aborted, nothing is waited for. */
  constructor(log: Log, { limitMs, over }: { readonly limitMs: DurationMs; readonly over: AbortSignal }) {
    this.#log = log;
    this.#limitMs = limitMs;
    this.#end = performance.now() + limitMs;
    this.#over = over;
  }

  /**
   * What `ask` gives, which is asked again while `isTransient` says of its error that this may help. Each new problem is told.
   *
   * @throws the last error once the time is up; the reason of `over`.
   */
  async ask<T>(ask: () => Promise<T>, isTransient: (error: Error) => boolean): Promise<T> {
    for (let told = ''; ; ) {
      try {
        return await this.unlessOver(ask(), () => new Error('There was no answer.'));
      } catch (thrown) {
        const error = thrown as Error;
        if (this.#over.aborted || !isTransient(error)) throw error;
        if (this.#leftMs() < pauseMs) throw new Error(`${error.message} ${this.#givenUp()}`, { cause: error.cause });
        if (error.message !== told) this.tell(error.message);
        told = error.message;
      }
      await pause(pauseMs);
    }
  }

  /**
   * What `ready` resolves to.
   *
   * @throws Error with what `why` says once the time is up; the reason of `over`.
   */
  async unlessOver<T>(ready: Promise<T>, why: () => Error): Promise<T> {
    const ended = Promise.withResolvers<never>();
    const abort = () => ended.reject(this.#over.reason);
    const timer = setTimeout(() => {
      const { message, cause } = why();
      ended.reject(new Error(`${message} ${this.#givenUp()}`, { cause }));
    }, this.#leftMs());
    if (this.#over.aborted) abort();
    this.#over.addEventListener('abort', abort, { once: true });
    try {
      return await Promise.race([ready, ended.promise]);
    } finally {
      clearTimeout(timer);
      this.#over.removeEventListener('abort', abort);
    }
  }

  /** Tells of a problem that may pass. */
  tell(problem: string): void {
    const seconds = Math.ceil(this.#leftMs() / 1000);
    this.#log('warn', `${problem} Trying again for up to ${seconds} s (STARTUP_TIMEOUT).`, { event: 'start-up' });
  }

  #leftMs = (): number => Math.max(0, this.#end - performance.now());

  #givenUp = (): string => `The start was given up after ${this.#limitMs / 1000} s (STARTUP_TIMEOUT).`;
}

const pauseMs = 300;
