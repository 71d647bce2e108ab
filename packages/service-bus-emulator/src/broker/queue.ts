import { randomUUID } from 'node:crypto';
import type { Clock } from './clock.ts';
import { type Consumer, ConsumerLine, type ReceiveMode } from './consumer-line.ts';
import { DueMessages } from './due-messages.ts';
import { MessagesBySequenceNumber } from './messages-by-sequence-number.ts';
import { PriorityQueue } from './priority-queue.ts';
import type { QueueOptions } from './queue-options.ts';
import { type QueueSnapshot, snapshotOf } from './queue-snapshot.ts';
import { RecentMessageIds } from './recent-message-ids.ts';
import type { Settlement } from './settlement.ts';
import { type BrokerProperties, type DeadLetterCause, type MessageContent, StoredMessage } from './stored-message.ts';

/** What another entity, which hands a message on, has made of it. */
export type Origin = Pick<BrokerProperties, 'enqueueSequenceNumber' | 'timeToLiveMs'>;

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
  readonly #options: QueueOptions;
  readonly #clock: Clock;
  readonly #recentIds: RecentMessageIds | undefined;
  readonly #messages = new MessagesBySequenceNumber();
  readonly #active = new PriorityQueue<StoredMessage>((a, b) => a.sequenceNumber - b.sequenceNumber);
  readonly #due: DueMessages;
  readonly #locked = new Map<string, StoredMessage>();
  readonly #consumers = new ConsumerLine();
  #lastSequenceNumber = 0;

  constructor(options: QueueOptions, clock: Clock, kind: 'queue' | 'dead-letter' = 'queue') {
    this.name = options.name;
    this.#options = options;
    this.#clock = clock;
    this.#due = new DueMessages(clock, () => this.#catchUp());
    const windowMs = options.duplicateDetectionWindowMs;
    this.#recentIds = windowMs === undefined ? undefined : new RecentMessageIds(windowMs);
    if (kind === 'queue') {
      const { lockDurationMs = 60_000 } = options;
      const name = `${options.name}/$DeadLetterQueue`;
      this.deadLetterQueue = new Queue({ name, lockDurationMs, maxDeliveryCount: Infinity }, clock, 'dead-letter');
    }
  }

  /** Stores a message and returns its sequence number. A duplicate gets a number too, but is not stored. */
  send(content: MessageContent, origin?: Origin): number {
    const now = this.#clock.now();
    const sequenceNumber = this.#nextSequenceNumber();
    if (this.#recentIds?.add(content.messageId, now) === false) return sequenceNumber;
    const message = new StoredMessage(content, sequenceNumber, origin?.enqueueSequenceNumber ?? sequenceNumber, now);
    message.timeToLiveMs = shorter((origin ?? content).timeToLiveMs, this.#options.defaultTimeToLiveMs);
    if ((content.scheduledEnqueueTime ?? 0) > now) message.state = 'scheduled';
    this.#store(message);
    this.#catchUp();
    return sequenceNumber;
  }

  /** Puts a consumer in the line, at the end if it was not in it. */
  wait(consumer: Consumer): void {
    this.#consumers.join(consumer);
    this.#catchUp();
  }

  leave(consumer: Consumer): void {
    this.#consumers.leave(consumer);
  }

  /** The message under this lock, as long as the lock lasts. */
  locked(token: string): StoredMessage | undefined {
    this.#catchUp();
    return this.#locked.get(token);
  }

  /** Ends a delivery. A lock that is over, by time or by an earlier settlement, changes nothing. */
  settle(token: string, settlement: Settlement): 'settled' | 'lock-lost' {
    const message = this.locked(token);
    if (message === undefined) return 'lock-lost';
    this.#unlock(message);
    if (settlement.kind === 'complete') {
      this.#remove(message);
    } else if (settlement.kind === 'release') {
      if (message.state === 'active') this.#active.add(message);
      this.#due.update(message);
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

  /** Locks the message for another lock duration from now; returns until when, or `undefined` if the lock is over. */
  renewLock(token: string): number | undefined {
    const message = this.locked(token);
    if (message === undefined) return undefined;
    const until = this.#lockEnd();
    message.lock = { token, until };
    this.#due.update(message);
    return until;
  }

  /** Ends a lock as if its time were over. */
  endLock(token: string): void {
    const message = this.locked(token);
    if (message === undefined) return;
    this.#unlock(message);
    this.#giveBack(message);
    this.#catchUp();
  }

  /** Ends the lock on a message with this ID. Whether there was one. */
  endLockOf(messageId: string): boolean {
    for (const [token, { content }] of this.#locked) {
      if (content.messageId !== messageId) continue;
      this.endLock(token);
      return true;
    }
    return false;
  }

  /** Takes back scheduled messages: all, or none if one of the numbers is not a scheduled message's. */
  cancelScheduled(sequenceNumbers: readonly number[]): 'cancelled' | 'not-found' {
    const messages = this.#findAll(sequenceNumbers, (message) => message.state === 'scheduled');
    if (messages === undefined) return 'not-found';
    for (const message of messages) this.#remove(message);
    return 'cancelled';
  }

  /** Takes deferred messages: all, or `undefined` if one of the numbers is not a deferred, unlocked message's. */
  receiveDeferred(sequenceNumbers: readonly number[], mode: ReceiveMode): readonly StoredMessage[] | undefined {
    const isFree = (message: StoredMessage) => message.state === 'deferred' && message.lock === undefined;
    const messages = this.#findAll(sequenceNumbers, isFree);
    for (const message of messages ?? []) this.#take(message, mode);
    this.#due.setAlarm();
    return messages;
  }

  /** The messages from this number on, in order, whatever their state. Changes nothing. */
  peek(fromSequenceNumber: number): Iterable<StoredMessage> {
    this.#catchUp();
    return this.#messages.from(fromSequenceNumber);
  }

  inspect(): QueueSnapshot {
    return snapshotOf(this.peek(0), this.deadLetterQueue?.peek(0) ?? []);
  }

  /** Stops the timers. The queue is of no use afterwards. */
  close(): void {
    this.#due.callOffAlarm();
    this.deadLetterQueue?.close();
  }

  /** Brings the queue up to the present: what time has changed, then deliveries, then when to look again. */
  #catchUp(): void {
    for (let message = this.#due.next(); message !== undefined; message = this.#due.next()) {
      if (message.lock !== undefined) {
        this.#unlock(message);
        this.#giveBack(message);
      } else if (message.state === 'scheduled') {
        this.#enqueueScheduled(message);
      } else {
        this.#expire(message);
      }
    }
    this.#consumers.serve(
      () => this.#active.size > 0,
      ({ receiveMode }) => this.#takeFirst(receiveMode),
    );
    this.#due.setAlarm();
  }

  #takeFirst(mode: ReceiveMode): StoredMessage | undefined {
    const message = this.#active.takeFirst();
    if (message !== undefined) this.#take(message, mode);
    return message;
  }

  #take(message: StoredMessage, mode: ReceiveMode): void {
    if (mode === 'receiveAndDelete') {
      this.#remove(message);
      return;
    }
    const token = randomUUID();
    message.lock = { token, until: this.#lockEnd() };
    this.#locked.set(token, message);
    this.#due.update(message);
  }

  #unlock(message: StoredMessage): void {
    if (message.lock !== undefined) this.#locked.delete(message.lock.token);
    message.lock = undefined;
  }

  /** After a delivery that did not complete the message. */
  #giveBack(message: StoredMessage): void {
    message.deliveryCount += 1;
    const { maxDeliveryCount = 10 } = this.#options;
    if (message.state === 'active' && message.deliveryCount >= maxDeliveryCount) {
      const description = `Message could not be consumed after ${maxDeliveryCount} delivery attempts.`;
      this.#deadLetter(message, { reason: 'MaxDeliveryCountExceeded', description });
      return;
    }
    if (message.state === 'active') this.#active.add(message);
    this.#due.update(message);
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
    if (this.#options.deadLetterOnExpiration === true) {
      const description = 'The message expired and was dead lettered.';
      this.#deadLetter(message, { reason: 'TTLExpiredException', description });
    } else {
      this.#remove(message);
    }
  }

  /** A dead-letter queue puts the message at its own end. */
  #deadLetter(message: StoredMessage, { reason, description }: DeadLetterCause): void {
    this.#remove(message);
    const target = this.deadLetterQueue ?? this;
    const cause = { DeadLetterReason: reason, DeadLetterErrorDescription: description };
    const { enqueueSequenceNumber, enqueuedTime } = message;
    const content = message.content.withApplicationProperties(cause);
    const dead = new StoredMessage(content, target.#nextSequenceNumber(), enqueueSequenceNumber, enqueuedTime);
    dead.deliveryCount = message.deliveryCount;
    dead.timeToLiveMs = message.timeToLiveMs;
    dead.deadLetterCause = { reason, description };
    target.#store(dead);
    if (target !== this) target.#catchUp();
  }

  #store(message: StoredMessage): void {
    this.#messages.add(message);
    if (message.state === 'active') this.#active.add(message);
    this.#due.update(message);
  }

  #remove(message: StoredMessage): void {
    this.#unlock(message);
    this.#messages.delete(message);
    this.#active.delete(message);
    this.#due.delete(message);
  }

  #findAll(
    sequenceNumbers: readonly number[],
    isWanted: (message: StoredMessage) => boolean,
  ): readonly StoredMessage[] | undefined {
    this.#catchUp();
    const found = sequenceNumbers.flatMap((number) => this.#messages.get(number) ?? []).filter(isWanted);
    return found.length === sequenceNumbers.length ? [...new Set(found)] : undefined;
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
