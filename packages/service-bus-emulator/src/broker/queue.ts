import type { Clock } from './clock.ts';
import type { Consumer, ReceiveMode } from './consumer.ts';
import { deadLetterOf, deliveredTooOften, expired, noSessionId } from './dead-letter.ts';
import { DueItems } from './due-items.ts';
import { dueTime } from './due-time.ts';
import type { MessageLine } from './message-line.ts';
import { MessagesBySequenceNumber } from './messages-by-sequence-number.ts';
import { PeekLocks } from './peek-locks.ts';
import type { EntityStatus, QueueOptions } from './queue-options.ts';
import { type QueueSnapshot, snapshotOf } from './queue-snapshot.ts';
import { RecentMessageIds } from './recent-message-ids.ts';
import { Sessions } from './sessions/sessions.ts';
import type { Settlement } from './settlement.ts';
import { SingleLine } from './single-line.ts';
import { type BrokerProperties, type DeadLetterCause, type MessageContent, StoredMessage } from './stored-message.ts';

/** What another entity, which hands a message on, has made of it. */
export type Origin = Pick<BrokerProperties, 'enqueueSequenceNumber' | 'timeToLiveMs' | 'route'>;

/**
 * A Service Bus queue with its dead-letter queue, in memory:
 *
 * ```text
 * scheduled --its time--> active --deliver--> locked --complete--> gone
 *                           ^                   |----defer-------> deferred --receive by number--> locked
 *                           +--abandon, lock end+----dead-letter-> dead-letter queue
 * ```
 *
 * A lock belongs to its message, not to the link or the connection that carried it. Time is looked at before every
 * operation, so that no operation depends on a timer having run. Source: Microsoft documentation "Message transfers,
 * locks, and settlement", "Overview of Service Bus dead-letter queues", "Message expiration".
 */
export class Queue {
  readonly name: string;
  /** `undefined` for a dead-letter queue, which has none, no maximum delivery count and no expiry. */
  readonly deadLetterQueue: Queue | undefined;
  /** Has what could not be forwarded. `undefined` for a dead-letter queue. */
  readonly transferDeadLetterQueue: Queue | undefined;
  /** `undefined` if the queue has no sessions, as dead-letter queues have none. */
  readonly sessions: Sessions | undefined;
  #options: QueueOptions;
  readonly #clock: Clock;
  readonly #recentIds: RecentMessageIds | undefined;
  readonly #messages = new MessagesBySequenceNumber();
  readonly #line: MessageLine;
  /** The messages that time alone will change: their lock ends, they become active, they expire. */
  readonly #due: DueItems<StoredMessage>;
  readonly #locks = new PeekLocks();
  #lastSequenceNumber = 0;

  constructor(options: QueueOptions, clock: Clock, kind: 'queue' | 'dead-letter' = 'queue') {
    this.name = options.name;
    this.#options = options;
    this.#clock = clock;
    this.#due = new DueItems(clock, () => this.#catchUp());
    const { duplicateDetectionWindowMs: windowMs, requiresSession = false, lockDurationMs = 60_000 } = options;
    this.#recentIds = windowMs === undefined ? undefined : new RecentMessageIds(windowMs);
    if (requiresSession) {
      this.sessions = new Sessions(clock, lockDurationMs, {
        catchUp: () => this.#catchUp(),
        release: (message) => this.#release(message),
        extendLock: (message, until) => this.#extendLock(message, until),
      });
    }
    this.#line = this.sessions ?? new SingleLine();
    if (kind === 'queue') {
      const dead = { lockDurationMs, maxDeliveryCount: Infinity };
      this.deadLetterQueue = new Queue({ ...dead, name: `${this.name}/$DeadLetterQueue` }, clock, 'dead-letter');
      const transfer = `${this.name}/$Transfer/$DeadLetterQueue`;
      this.transferDeadLetterQueue = new Queue({ ...dead, name: transfer }, clock, 'dead-letter');
    }
  }

  get options(): QueueOptions {
    return this.#options;
  }

  get status(): EntityStatus {
    return this.#options.status ?? 'Active';
  }

  /** From now on. Whether it has sessions and looks for duplicates does not change. */
  update(options: QueueOptions): void {
    this.#options = { ...options, requiresSession: this.sessions !== undefined };
    const { lockDurationMs = 60_000, duplicateDetectionWindowMs } = options;
    this.#recentIds?.keepFor(duplicateDetectionWindowMs);
    this.sessions?.lockFor(lockDurationMs);
  }

  /** Stores a message and returns its sequence number. A duplicate gets a number too, but is not stored. */
  send(content: MessageContent, origin?: Origin): number {
    const now = this.#clock.now();
    const sequenceNumber = this.#nextSequenceNumber();
    if (this.#recentIds?.add(content.messageId, now) === false) return sequenceNumber;
    const message = new StoredMessage(content, sequenceNumber, origin?.enqueueSequenceNumber ?? sequenceNumber, now);
    message.timeToLiveMs = shorter((origin ?? content).timeToLiveMs, this.#options.defaultTimeToLiveMs);
    message.route = origin?.route;
    if ((content.scheduledEnqueueTime ?? 0) > now) message.state = 'scheduled';
    if (this.sessions !== undefined && content.sessionId === undefined) this.#deadLetter(message, noSessionId);
    else this.#store(message);
    this.#catchUp();
    return sequenceNumber;
  }

  /** Stores a message that another entity has had in this dead-letter queue, at its end. */
  bury(message: StoredMessage, cause: DeadLetterCause): void {
    this.#bury(message, cause);
    this.#catchUp();
  }

  /** Puts a consumer in the line, at the end if it was not in it. */
  wait(consumer: Consumer): void {
    this.#line.join(consumer);
    this.#catchUp();
  }

  /** Takes a consumer out of the line, and gives back its session. */
  leave(consumer: Consumer): void {
    this.#line.leave(consumer);
  }

  /** The message under this lock, as long as the lock lasts. */
  locked(token: string): StoredMessage | undefined {
    this.#catchUp();
    return this.#locks.get(token);
  }

  /** Ends a delivery. A lock that is over, by time or by an earlier settlement, changes nothing. */
  settle(token: string, settlement: Settlement): 'settled' | 'lock-lost' {
    const message = this.locked(token);
    if (message === undefined) return 'lock-lost';
    if (settlement.kind === 'complete') {
      this.#remove(message);
    } else if (settlement.kind === 'release') {
      this.#release(message);
    } else if (settlement.kind === 'deadLetter') {
      message.content = message.content.withApplicationProperties(settlement.properties);
      this.#deadLetter(message, settlement);
    } else {
      message.content = message.content.withApplicationProperties(settlement.properties);
      if (settlement.kind === 'defer') message.state = 'deferred';
      this.#giveBack(message);
    }
    this.#catchUp();
    return 'settled';
  }

  /**
   * Locks the message for another lock duration from now; returns until when, or `undefined` if the lock is over. A message
   * of a session is locked as long as its session is.
   */
  renewLock(token: string): number | undefined {
    const message = this.locked(token);
    if (message === undefined || this.sessions !== undefined) return message?.lock?.until;
    const until = this.#lockEnd();
    this.#extendLock(message, until);
    return until;
  }

  /** Ends a lock as if its time were over. */
  endLock(token: string): void {
    const message = this.locked(token);
    if (message === undefined) return;
    this.#giveBack(message);
    this.#catchUp();
  }

  /** Ends the lock on a message with this ID. Whether there was one. */
  endLockOf(messageId: string): boolean {
    const token = this.#locks.tokenOf(messageId);
    if (token !== undefined) this.endLock(token);
    return token !== undefined;
  }

  /** Takes back scheduled messages: all, or none if one of the numbers is not a scheduled message's. */
  cancelScheduled(sequenceNumbers: readonly number[]): 'cancelled' | 'not-found' {
    this.#catchUp();
    const messages = this.#messages.findAll(sequenceNumbers, ({ state }) => state === 'scheduled');
    if (messages === undefined) return 'not-found';
    for (const message of messages) this.#remove(message);
    return 'cancelled';
  }

  /**
   * Takes deferred messages: all, or `undefined` if one of the numbers is not a deferred, unlocked message's. In a queue with
   * sessions, all must be of the one named, which must be locked.
   */
  receiveDeferred(
    sequenceNumbers: readonly number[],
    mode: ReceiveMode,
    sessionId?: string,
  ): readonly StoredMessage[] | undefined {
    this.#catchUp();
    const isOpen = (message: StoredMessage) =>
      this.sessions === undefined || (message.content.sessionId === sessionId && this.sessions.isLocked(message));
    const isFree = (message: StoredMessage) => message.state === 'deferred' && message.lock === undefined;
    const messages = this.#messages.findAll(sequenceNumbers, (message) => isFree(message) && isOpen(message));
    for (const message of messages ?? []) this.#take(message, mode);
    this.#due.setAlarm();
    return messages;
  }

  /** The messages from this number on, of one session or all, in order, whatever their state. Changes nothing. */
  *peek(fromSequenceNumber: number, sessionId?: string): Iterable<StoredMessage> {
    this.#catchUp();
    const ofSession = sessionId === undefined ? undefined : this.sessions?.messagesOf(sessionId);
    for (const message of ofSession ?? this.#messages.from(fromSequenceNumber)) {
      const isWanted = sessionId === undefined || message.content.sessionId === sessionId;
      if (isWanted && message.sequenceNumber >= fromSequenceNumber) yield message;
    }
  }

  inspect(): QueueSnapshot {
    return snapshotOf(this.peek(0), this.deadLetterQueue?.peek(0) ?? []);
  }

  /** Stops the timers. The queue is of no use afterwards. */
  close(): void {
    this.#due.callOffAlarm();
    this.sessions?.close();
    this.deadLetterQueue?.close();
    this.transferDeadLetterQueue?.close();
  }

  /** Brings the queue up to the present: what time has changed, then deliveries, then when to look again. */
  #catchUp(): void {
    for (let message = this.#due.next(); message !== undefined; message = this.#due.next()) {
      if (message.lock !== undefined) {
        this.#giveBack(message);
      } else if (message.state === 'scheduled') {
        this.#enqueueScheduled(message);
      } else {
        this.#expire(message);
      }
    }
    this.#line.serve(this.#take);
    this.#due.setAlarm();
  }

  readonly #take = (message: StoredMessage, mode: ReceiveMode): void => {
    if (mode === 'receiveAndDelete') {
      this.#remove(message);
      return;
    }
    this.#locks.lock(message, this.sessions?.onLocked(message) ?? this.#lockEnd());
    this.#due.update(message, dueTime(message));
  };

  #unlock(message: StoredMessage): void {
    if (this.#locks.unlock(message)) this.sessions?.onUnlocked(message);
  }

  #extendLock(message: StoredMessage, until: number): void {
    if (message.lock === undefined) return;
    message.lock = { token: message.lock.token, until };
    this.#due.update(message, until);
  }

  /** As if it had not been delivered. */
  #release(message: StoredMessage): void {
    this.#unlock(message);
    if (message.state === 'active') this.#line.offer(message);
    this.#due.update(message, dueTime(message));
  }

  /** After a delivery that did not complete the message. */
  #giveBack(message: StoredMessage): void {
    message.deliveryCount += 1;
    const { maxDeliveryCount = 10 } = this.#options;
    if (message.state === 'active' && message.deliveryCount >= maxDeliveryCount) {
      this.#deadLetter(message, deliveredTooOften(maxDeliveryCount));
    } else {
      this.#release(message);
    }
  }

  /** It becomes another message to receivers: with a new sequence number, enqueued now. */
  #enqueueScheduled(message: StoredMessage): void {
    this.#remove(message);
    message.state = 'active';
    message.sequenceNumber = this.#nextSequenceNumber();
    message.enqueuedTime = this.#clock.now();
    this.#store(message);
  }

  #expire(message: StoredMessage): void {
    if (this.#options.deadLetterOnExpiration === true) this.#deadLetter(message, expired);
    else this.#remove(message);
  }

  /** A dead-letter queue puts the message at its own end. */
  #deadLetter(message: StoredMessage, cause: DeadLetterCause): void {
    this.#remove(message);
    if (this.deadLetterQueue === undefined) this.#bury(message, cause);
    else this.deadLetterQueue.bury(message, cause);
  }

  #bury(message: StoredMessage, cause: DeadLetterCause): void {
    this.#store(deadLetterOf(message, cause, this.#nextSequenceNumber()));
  }

  #store(message: StoredMessage): void {
    this.#messages.add(message);
    this.#line.store(message);
    this.#due.update(message, dueTime(message));
  }

  #remove(message: StoredMessage): void {
    this.#unlock(message);
    this.#messages.delete(message);
    this.#line.remove(message);
    this.#due.delete(message);
  }

  #lockEnd(): number {
    return this.#clock.now() + (this.#options.lockDurationMs ?? 60_000);
  }

  #nextSequenceNumber(): number {
    this.#lastSequenceNumber += 1;
    return this.#lastSequenceNumber;
  }
}

const shorter = (left: number | undefined, right: number | undefined): number | undefined =>
  left === undefined ? right : Math.min(left, right ?? Number.POSITIVE_INFINITY);
