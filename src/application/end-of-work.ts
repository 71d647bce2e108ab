import { PlainSignal } from './plain-signal.ts';

/** Tells whatever runs beside the work of one message that the work is over. It is never shown to a handler. */
export class EndOfWork extends PlainSignal {
  tell(): void {
    this.abort(workIsOver);
  }
}

/** One for all: made anew, it would cost a stack trace for each message. */
const workIsOver = new Error('The work is over.');
