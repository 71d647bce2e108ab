import type { Clock } from '../clock.ts';
import type { Consumer } from '../consumer.ts';
import { DueItems } from '../due-items.ts';
import type { MessageLine, Take } from '../message-line.ts';
import type { StoredMessage } from '../stored-message.ts';
import { Session, type SessionConsumer } from './session.ts';
import { SessionWaiter } from './session-waiter.ts';

/** What sessions ask of the queue that they are in. */
export interface SessionQueue {
  /** Brings the queue up to the present, deliveries included. */
  catchUp(): void;
  /** Unlocks a message as if it had never been delivered. */
  release(message: StoredMessage): void;
  /** Locks a message that is locked until another moment. */
  extendLock(message: StoredMessage, until: number): void;
}

/**
 * The sessions of a queue. One consumer at a time has a session's lock, and with it the locks on its messages: they end
 * together. A session that is given back counts no delivery; one whose time is over counts those of the messages that were
 * locked. Source: Microsoft documentation "Message sessions" (Azure Service Bus), with its table of delivery counts.
 */
export class Sessions implements MessageLine {
  readonly #clock: Clock;
  #lockDurationMs: number;
  readonly #queue: SessionQueue;
  readonly #sessions = new Map<string, Session>();
  readonly #ofConsumer = new Map<object, Session>();
  /** Those that can be had next, the one first that could be longest. */
  readonly #available = new Set<Session>();
  readonly #waiters = new Set<SessionWaiter>();
  /** Those whose consumer may be delivered something. */
  readonly #deliverable = new Set<Session>();
  readonly #due: DueItems<Session | SessionWaiter>;
  #lastNumber = 0;
  #isServing = false;

  constructor(clock: Clock, lockDurationMs: number, queue: SessionQueue) {
    this.#clock = clock;
    this.#lockDurationMs = lockDurationMs;
    this.#queue = queue;
    this.#due = new DueItems(clock, () => queue.catchUp());
  }

  /** The locks that are given and renewed from now on. */
  lockFor(lockDurationMs: number): void {
    this.#lockDurationMs = lockDurationMs;
  }

  /** Gives a session to a consumer, whether or not there are messages in it. `undefined`: somebody has it. */
  accept(id: string, consumer: SessionConsumer): Session | undefined {
    this.#queue.catchUp();
    const session = this.#at(id);
    if (session.consumer !== undefined) return undefined;
    this.#give(session, consumer);
    return session;
  }

  /**
   * Gives a consumer the next session that has active messages and that nobody has, at once or as soon as there is one.
   * `onEnd` gets it, or `undefined` after `timeoutMs`. Those who wait are served in turn.
   */
  acceptNext(consumer: SessionConsumer, timeoutMs: number, onEnd: (session: Session | undefined) => void): void {
    const waiter = new SessionWaiter(consumer, onEnd, this.#nextNumber());
    this.#waiters.add(waiter);
    this.#due.update(waiter, this.#clock.now() + timeoutMs);
    this.#queue.catchUp();
  }

  /** The session, if this holder's consumer has it. */
  heldBy(holder: object, id: string): Session | undefined {
    this.#queue.catchUp();
    const session = this.#sessions.get(id);
    return session?.consumer?.holder === holder ? session : undefined;
  }

  /** Locks a session and what is locked in it for another lock duration from now; returns until when. */
  renew(session: Session): number {
    const until = this.#clock.now() + this.#lockDurationMs;
    this.#due.update(session, until);
    for (const message of session.locked) this.#queue.extendLock(message, until);
    this.#due.setAlarm();
    return until;
  }

  /** Notes something about a session, which stays when its messages have gone; `undefined` clears it. */
  setState(session: Session, state: Buffer | undefined): void {
    session.state = state;
    session.stateSetAt = this.#clock.now();
  }

  /** The IDs of the sessions that have active messages. */
  withMessages(): readonly string[] {
    this.#queue.catchUp();
    return this.#idsWhere(({ active, locked }) => active.size + locked.size > 0);
  }

  /** The IDs of the sessions whose state was set after this moment. */
  withStateSetAfter(time: number): readonly string[] {
    return this.#idsWhere(({ stateSetAt }) => stateSetAt > time);
  }

  /** The messages of a session, in order, whatever their state. */
  messagesOf(id: string): Iterable<StoredMessage> {
    return this.#sessions.get(id)?.messages ?? [];
  }

  /** Whether a message's session is locked. */
  isLocked(message: StoredMessage): boolean {
    return this.#of(message).consumer !== undefined;
  }

  /** To be called when a message is locked; returns until when, as its session is. */
  onLocked(message: StoredMessage): number {
    const session = this.#of(message);
    session.locked.add(message);
    return session.dueAt;
  }

  onUnlocked(message: StoredMessage): void {
    this.#of(message).locked.delete(message);
  }

  store(message: StoredMessage): void {
    this.#of(message).messages.add(message);
    if (message.state === 'active') this.offer(message);
  }

  offer(message: StoredMessage): void {
    const session = this.#of(message);
    session.active.add(message);
    if (session.consumer === undefined) this.#available.add(session);
    else this.#deliverable.add(session);
  }

  remove(message: StoredMessage): void {
    const session = this.#of(message);
    session.messages.delete(message);
    session.active.delete(message);
    if (!session.isAvailable) this.#available.delete(session);
    this.#forgetIfDone(session);
  }

  join(consumer: Consumer): void {
    const session = this.#ofConsumer.get(consumer);
    if (session === undefined) return;
    session.isWaiting = true;
    this.#deliverable.add(session);
  }

  /** Gives its session back, and the messages in it that are locked, as if they had not been delivered. */
  leave(consumer: Consumer): void {
    for (const waiter of this.#waiters) if (waiter.consumer === consumer) this.#dismiss(waiter);
    this.#queue.catchUp(); // its time may be over, which is another end
    const session = this.#ofConsumer.get(consumer);
    if (session === undefined) return;
    for (const message of session.locked) this.#queue.release(message);
    this.#takeBack(session);
    this.#queue.catchUp();
  }

  serve(take: Take): void {
    // What is done here can come back here. The loop below then goes on with it.
    if (this.#isServing) return;
    this.#isServing = true;
    try {
      do {
        this.#endWhatIsOver();
        this.#giveWhatIsAvailable();
        for (const session of this.#deliverable) this.#deliver(session, take);
      } while (this.#waiters.size > 0 && this.#available.size > 0);
    } finally {
      this.#isServing = false;
    }
    this.#due.setAlarm();
  }

  /** Stops the timers. */
  close(): void {
    this.#due.callOffAlarm();
  }

  /** The locks on messages have ended with that on their session, by their own time. */
  #endWhatIsOver(): void {
    for (let item = this.#due.next(); item !== undefined; item = this.#due.next()) {
      if (item instanceof SessionWaiter) {
        this.#dismiss(item);
        item.onEnd(undefined);
      } else {
        const { consumer } = item;
        this.#takeBack(item);
        consumer?.onSessionLockLost();
      }
    }
  }

  #giveWhatIsAvailable(): void {
    for (const waiter of this.#waiters) {
      const [session] = this.#available;
      if (session === undefined) return;
      this.#dismiss(waiter);
      this.#give(session, waiter.consumer);
      waiter.onEnd(session);
    }
  }

  #deliver(session: Session, take: Take): void {
    this.#deliverable.delete(session);
    while (session.consumer !== undefined && session.isWaiting && session.active.size > 0) {
      const { consumer } = session;
      session.isWaiting = consumer.hasRoom();
      const message = session.isWaiting ? session.active.takeFirst() : undefined;
      if (message === undefined) return;
      take(message, consumer.receiveMode);
      consumer.deliver(message);
    }
  }

  #give(session: Session, consumer: SessionConsumer): void {
    session.consumer = consumer;
    session.isWaiting = false;
    this.#ofConsumer.set(consumer, session);
    this.#available.delete(session);
    this.renew(session);
  }

  #takeBack(session: Session): void {
    if (session.consumer !== undefined) this.#ofConsumer.delete(session.consumer);
    session.consumer = undefined;
    this.#due.update(session, Number.POSITIVE_INFINITY);
    if (session.isAvailable) this.#available.add(session);
    this.#forgetIfDone(session);
  }

  #dismiss(waiter: SessionWaiter): void {
    this.#waiters.delete(waiter);
    this.#due.delete(waiter);
  }

  #forgetIfDone(session: Session): void {
    if (session.isForgotten) this.#sessions.delete(session.id);
  }

  #of({ content }: StoredMessage): Session {
    return this.#at(content.sessionId ?? '');
  }

  #at(id: string): Session {
    let session = this.#sessions.get(id);
    if (session === undefined) {
      session = new Session(id, this.#nextNumber());
      this.#sessions.set(id, session);
    }
    return session;
  }

  #idsWhere(isWanted: (session: Session) => boolean): readonly string[] {
    return [...this.#sessions.values()].filter(isWanted).map(({ id }) => id);
  }

  #nextNumber(): number {
    this.#lastNumber += 1;
    return this.#lastNumber;
  }
}
