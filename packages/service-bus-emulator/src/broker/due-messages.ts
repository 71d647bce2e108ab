import type { Clock } from './clock.ts';
import { PriorityQueue } from './priority-queue.ts';
import type { StoredMessage } from './stored-message.ts';

/** The messages that time alone will change: their lock ends, they become active, they expire. */
export class DueMessages {
  readonly #clock: Clock;
  readonly #onDue: () => void;
  readonly #messages = new PriorityQueue<StoredMessage>(
    (a, b) => a.dueAt - b.dueAt || a.sequenceNumber - b.sequenceNumber,
  );
  #alarm = noAlarm;

  /** `onDue` is called once a message is due, and has then to take it with `next`. */
  constructor(clock: Clock, onDue: () => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** Puts a message where it belongs, by what it is now. */
  update(message: StoredMessage): void {
    this.#messages.delete(message);
    message.dueAt = dueTime(message);
    if (message.dueAt !== Number.POSITIVE_INFINITY) this.#messages.add(message);
  }

  delete(message: StoredMessage): void {
    this.#messages.delete(message);
  }

  /** The next message that is due by now. It stays until it is updated or deleted. */
  next(): StoredMessage | undefined {
    const first = this.#messages.first;
    return first !== undefined && first.dueAt <= this.#clock.now() ? first : undefined;
  }

  /** Keeps one timer, for the earliest moment. One that has become too early is left to run, and finds nothing due. */
  setAlarm(): void {
    const at = this.#messages.first?.dueAt ?? Number.POSITIVE_INFINITY;
    if (at >= this.#alarm.at) return;
    this.#alarm.callOff();
    const callOff = this.#clock.callAt(at, () => {
      this.#alarm = noAlarm;
      this.#onDue();
    });
    this.#alarm = { at, callOff };
  }

  callOffAlarm(): void {
    this.#alarm.callOff();
    this.#alarm = noAlarm;
  }
}

const noAlarm = { at: Number.POSITIVE_INFINITY, callOff: () => {} };

/** A deferred or dead-lettered message does not expire. */
function dueTime({ lock, state, content, enqueuedTime, timeToLiveMs, isDeadLettered }: StoredMessage): number {
  if (lock !== undefined) return lock.until;
  if (state === 'scheduled') return content.scheduledEnqueueTime ?? enqueuedTime;
  if (state === 'deferred' || isDeadLettered || timeToLiveMs === undefined) return Number.POSITIVE_INFINITY;
  return enqueuedTime + timeToLiveMs;
}
