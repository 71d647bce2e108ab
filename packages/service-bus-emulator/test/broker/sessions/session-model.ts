// Checked after each of a million steps: an assertion of the runner's costs a hundred times what one of Node.js does.
import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { Queue } from '../../../src/broker/queue.ts';
import type { MessageSummary } from '../../../src/broker/queue-snapshot.ts';
import type { Settlement } from '../../../src/broker/settlement.ts';
import type { StoredMessage } from '../../../src/broker/stored-message.ts';
import { ManualClock } from '../../manual-clock.ts';
import { content, tokenOf } from '../messages.ts';
import { SessionReceiver, sessionsOf } from './session-receiver.ts';

export type Step =
  | { readonly do: 'send'; readonly session: string; readonly delay: number; readonly timeToLiveMs: number | undefined }
  | { readonly do: 'accept'; readonly by: number; readonly session: string }
  | { readonly do: 'accept-next'; readonly by: number; readonly timeoutMs: number }
  | { readonly do: 'receive' | 'leave' | 'renew' | 'note' | 'forget'; readonly by: number }
  | { readonly do: 'receive-deferred'; readonly by: number; readonly pick: number }
  | { readonly do: 'settle'; readonly pick: number; readonly settlement: Settlement }
  | { readonly do: 'end-lock' | 'cancel'; readonly pick: number }
  | { readonly do: 'wait'; readonly ms: number };

const maxDeliveryCount = 3;

/** What one of the receivers has, by what it was told. */
class Holding {
  readonly receiver: SessionReceiver;
  readonly locked = new Map<string, StoredMessage>();
  isWaiting = false;

  constructor(model: SessionModel) {
    this.receiver = new SessionReceiver(
      model.queue,
      (message) => model.onDelivery(this, message),
      () => model.onLockLost(this),
    );
  }
}

/** A queue with sessions, and beside it what must be true of it by what was done and told. */
export class SessionModel {
  readonly clock = new ManualClock();
  readonly queue = new Queue(
    { name: 'orders', lockDurationMs: 1_000, maxDeliveryCount, deadLetterOnExpiration: true, requiresSession: true },
    this.clock,
  );
  readonly #holdings: Holding[] = [new Holding(this), new Holding(this), new Holding(this)];
  readonly #tokens: string[] = [];
  readonly #counts = new Map<string, number>();
  readonly #states = new Map<string, string>();
  #sent = 0;
  #gone = 0;

  take(step: Step): void {
    switch (step.do) {
      case 'send':
        this.#send(step.session, step.delay, step.timeToLiveMs);
        break;
      case 'accept':
        this.#accept(step.by, step.session);
        break;
      case 'accept-next':
        this.#acceptNext(step.by, step.timeoutMs);
        break;
      case 'receive':
        this.#holdings[step.by]?.receiver.receive();
        break;
      case 'leave':
        this.#renewed(step.by);
        break;
      case 'renew':
        this.#withSession(step.by, (session) => void sessionsOf(this.queue).renew(session));
        break;
      case 'note':
        this.#note(step.by, `after ${this.#sent}`);
        break;
      case 'forget':
        this.#note(step.by, undefined);
        break;
      case 'receive-deferred':
        this.#receiveDeferred(step.by, step.pick);
        break;
      case 'settle':
        this.#settle(pickOf(this.#tokens, step.pick), step.settlement);
        break;
      case 'end-lock':
        this.#endLock(pickOf(this.#tokens, step.pick) ?? '');
        break;
      case 'cancel':
        this.#cancel(pickOf(this.queue.inspect().scheduled, step.pick));
        break;
      case 'wait':
        this.clock.advance(step.ms);
    }
  }

  /** A message goes to the one who has its session, and never before one that is in front of it. */
  onDelivery(holding: Holding, message: StoredMessage): void {
    const { sessionId } = message.content;
    strictEqual(holding.receiver.session?.id, sessionId);
    for (const other of this.queue.peek(0, sessionId)) {
      if (other.state === 'active' && other.lock === undefined) {
        ok(
          other.sequenceNumber > message.sequenceNumber,
          `${message.sequenceNumber} came before ${other.sequenceNumber}`,
        );
      }
    }
    this.#locked(holding, message);
  }

  onLockLost(holding: Holding): void {
    for (const message of holding.locked.values()) this.#unlocked(message, 1);
  }

  check(): void {
    const { active, locked, deferred, scheduled, deadLettered } = this.queue.inspect();
    const all = [active, locked, deferred, scheduled, deadLettered].flat();
    strictEqual(new Set(all.map(({ messageId }) => messageId)).size, all.length);
    strictEqual(all.length, this.#sent - this.#gone);
    for (const each of all) strictEqual(each.deliveryCount, this.#counts.get(each.messageId));
    for (const each of active) ok(each.deliveryCount < maxDeliveryCount, `${each.messageId} is still active`);

    const held = this.#holdings.flatMap(({ locked: its }) => [...its.keys()]);
    deepStrictEqual(locked.map(({ messageId }) => messageId).toSorted(), held.toSorted());
    strictEqual(this.#tokens.filter((token) => this.queue.locked(token) !== undefined).length, locked.length);

    const owned = this.#holdings.flatMap(({ receiver }) => receiver.session?.id ?? []);
    strictEqual(new Set(owned).size, owned.length);
    const isSomebodyWaiting = this.#holdings.some(({ receiver, isWaiting }) => {
      return isWaiting && receiver.session === undefined && !receiver.hasWaitedInVain && !receiver.hasLostLock;
    });
    const free = active.filter((each) => !owned.includes(sessionOf(each)));
    ok(!(isSomebodyWaiting && free.length > 0), 'somebody waits for a session, and one is free');
    for (const { receiver } of this.#holdings) {
      if (receiver.session === undefined) continue;
      strictEqual(receiver.session.state?.toString(), this.#states.get(receiver.session.id));
    }
    ok(this.clock.pending <= 2, `${this.clock.pending} timers`);
  }

  #send(sessionId: string, delay: number, timeToLiveMs: number | undefined): void {
    const id = `${sessionId}${this.#sent}`;
    this.#sent += 1;
    this.#counts.set(id, 0);
    const scheduledEnqueueTime = delay === 0 ? undefined : this.clock.now() + delay;
    this.queue.send(content(id, { sessionId, scheduledEnqueueTime, timeToLiveMs }));
  }

  #accept(by: number, session: string): void {
    const { receiver } = this.#renewed(by); // which may give the session to one who waits
    const isFree = this.#holdings.every((other) => other.receiver.session?.id !== session);
    strictEqual(receiver.accept(session), isFree);
  }

  #acceptNext(by: number, timeoutMs: number): void {
    const holding = this.#renewed(by);
    holding.isWaiting = true;
    holding.receiver.acceptNext(timeoutMs);
  }

  #note(by: number, text: string | undefined): void {
    this.#withSession(by, (session) => {
      sessionsOf(this.queue).setState(session, text === undefined ? undefined : Buffer.from(text));
      if (text === undefined) this.#states.delete(session.id);
      else this.#states.set(session.id, text);
    });
  }

  #endLock(token: string): void {
    const message = this.queue.locked(token);
    if (message !== undefined) this.#unlocked(message, 1);
    this.queue.endLock(token);
  }

  #cancel(scheduled: MessageSummary | undefined): void {
    if (scheduled === undefined) return;
    strictEqual(this.queue.cancelScheduled([scheduled.sequenceNumber]), 'cancelled');
    this.#gone += 1;
  }

  #receiveDeferred(by: number, pick: number): void {
    const deferred = pickOf(this.queue.inspect().deferred, pick);
    const holding = this.#holdings[by];
    if (deferred === undefined || holding === undefined) return;
    const session = holding.receiver.session?.id;
    const received = this.queue.receiveDeferred([deferred.sequenceNumber], 'peekLock', session);
    strictEqual(received !== undefined, session === sessionOf(deferred));
    for (const message of received ?? []) this.#locked(holding, message);
  }

  #settle(token: string | undefined, settlement: Settlement): void {
    const message = this.queue.locked(token ?? '');
    const counts = settlement.kind === 'abandon' || settlement.kind === 'defer' ? 1 : 0;
    if (message !== undefined) this.#unlocked(message, counts);
    const result = this.queue.settle(token ?? '', settlement);
    strictEqual(result, message === undefined ? 'lock-lost' : 'settled');
    if (message !== undefined && settlement.kind === 'complete') this.#gone += 1;
  }

  /** A receiver that has given back what the one in its place had. */
  #renewed(by: number): Holding {
    const holding = this.#holdings[by];
    holding?.locked.clear();
    holding?.receiver.leave();
    const next = new Holding(this);
    this.#holdings[by] = next;
    return next;
  }

  #withSession(by: number, act: (session: NonNullable<SessionReceiver['session']>) => void): void {
    const session = this.#holdings[by]?.receiver.session;
    if (session !== undefined) act(session);
  }

  #locked(holding: Holding, message: StoredMessage): void {
    this.#tokens.push(tokenOf(message));
    holding.locked.set(message.content.messageId, message);
  }

  #unlocked({ content: { messageId } }: StoredMessage, count: number): void {
    for (const { locked } of this.#holdings) locked.delete(messageId);
    this.#counts.set(messageId, (this.#counts.get(messageId) ?? 0) + count);
  }
}

const pickOf = <Item>(items: readonly Item[], number: number): Item | undefined => items[number % items.length];
const sessionOf = ({ messageId }: MessageSummary): string => messageId.slice(0, 1);
