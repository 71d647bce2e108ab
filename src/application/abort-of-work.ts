import { onAbort } from './aborted.ts';
import { PlainSignal } from './plain-signal.ts';

/** Tells the work of one message that it has to end. Only a handler that asks for it pays for an AbortSignal. */
export class AbortOfWork extends PlainSignal {
  #shown: AbortController | undefined;

  /** As a handler sees it. */
  get signal(): AbortSignal {
    if (this.#shown === undefined) {
      const shown = new AbortController();
      onAbort(this, () => shown.abort(this.reason));
      this.#shown = shown;
    }
    return this.#shown.signal;
  }

  /** @throws the reason, once there is one. */
  throwIfAborted(): void {
    if (this.reason !== undefined) throw this.reason;
  }
}
