import type { Queue } from '../../../src/broker/queue.ts';
import type { Session, SessionConsumer } from '../../../src/broker/sessions/session.ts';
import type { Sessions } from '../../../src/broker/sessions/sessions.ts';
import type { StoredMessage } from '../../../src/broker/stored-message.ts';

/** One who has sessions of a queue one after another, and takes messages one at a time. */
export class SessionReceiver implements SessionConsumer {
  readonly receiveMode = 'peekLock';
  readonly holder = this;
  readonly received: StoredMessage[] = [];
  session: Session | undefined = undefined;
  /** How the wait for the next session ended, if it has. */
  hasWaitedInVain = false;
  hasLostLock = false;
  readonly #queue: Queue;
  readonly #onDelivery: (message: StoredMessage) => void;
  readonly #onLockLost: () => void;
  #room = 0;

  constructor(queue: Queue, onDelivery: (message: StoredMessage) => void = () => {}, onLockLost = () => {}) {
    this.#queue = queue;
    this.#onDelivery = onDelivery;
    this.#onLockLost = onLockLost;
  }

  /** Whether it has the session now. */
  accept(id: string): boolean {
    this.session = sessionsOf(this.#queue).accept(id, this);
    return this.session !== undefined;
  }

  acceptNext(timeoutMs = 60_000): void {
    sessionsOf(this.#queue).acceptNext(this, timeoutMs, (session) => {
      this.session = session;
      this.hasWaitedInVain = session === undefined;
    });
  }

  /** The next message of its session, if there is one. */
  receive(): StoredMessage | undefined {
    const before = this.received.length;
    this.#room = 1;
    this.#queue.wait(this);
    this.#room = 0;
    return this.received[before];
  }

  leave(): void {
    this.session = undefined;
    this.#queue.leave(this);
  }

  hasRoom(): boolean {
    return this.#room > 0;
  }

  deliver(message: StoredMessage): void {
    this.#room -= 1;
    this.received.push(message);
    this.#onDelivery(message);
  }

  onSessionLockLost(): void {
    this.session = undefined;
    this.hasLostLock = true;
    this.#onLockLost();
  }
}

export function sessionsOf(queue: Queue): Sessions {
  if (queue.sessions === undefined) throw new Error(`${queue.name} has no sessions`);
  return queue.sessions;
}
