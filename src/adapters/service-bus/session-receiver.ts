import type { ServiceBusClient, ServiceBusReceivedMessage, ServiceBusSessionReceiver } from '@azure/service-bus';
import { type DurationMs, durationMs, seconds } from '../../domain/time.ts';
import { PeekLockDuration } from './peek-lock-duration.ts';
import { QueueProbe } from './queue-probe.ts';
import type { OnDelivery, ReceiverSettings } from './queue-receiver.ts';
import type { QueueReceiverEvent } from './queue-receiver-event.ts';
import { backOff, pause, Reachability } from './reachability.ts';
import { isWithoutSession, lastError } from './service-bus-errors.ts';
import { SessionRenewal } from './session-renewal.ts';
import { settle, type ToSettle } from './settlement.ts';
import { DeliverySlot } from './slot.ts';
import { Slots } from './slots.ts';
import { receiverOptions, type SourceEntity } from './source-entity.ts';
import { withTimeLimit } from './time-limit.ts';
import { toReceivedMessage } from './to-received-message.ts';
import { unlessAborted, Waits } from './waits.ts';

/** `maxConcurrentCalls` is how many sessions are worked on at once, each of them one message at a time. */
export type SessionReceiverSettings = SourceEntity & ReceiverSettings;

/**
 * Receives the sessions of one queue or subscription, and the messages of each in their order: the next one is asked for when the
 * one before is settled. A session that has none for a moment is left to whoever wants it.
 *
 * The broker locks a session as a whole. If that lock is lost, nothing more of the session is begun here; another receiver gets
 * the message again that was at work, before any later one.
 */
export class SessionReceiver {
  readonly #accept: (abortSignal: AbortSignal) => Promise<ServiceBusSessionReceiver>;
  readonly #onDelivery: OnDelivery;
  readonly #onEvent: (event: QueueReceiverEvent) => void;
  readonly #maxLockRenewalMs: DurationMs;
  readonly #reachability: Reachability;
  readonly #slots: Slots;
  readonly #stopping = new AbortController();
  readonly #waits = new Waits();
  readonly #serving = new Set<Promise<void>>();
  readonly #open = new Set<ServiceBusSessionReceiver>();
  readonly #lockDuration = new PeekLockDuration();
  #isAccepting = false;
  #isStarted = false;
  #watching: Promise<void> | undefined;

  /** The client stays the caller's, who closes it after `stop`. `onEvent` must not throw. */
  constructor(
    client: ServiceBusClient,
    { maxConcurrentCalls, maxLockRenewalMs, ...entity }: SessionReceiverSettings,
    { onDelivery, onEvent }: { readonly onDelivery: OnDelivery; readonly onEvent: (event: QueueReceiverEvent) => void },
  ) {
    this.#accept = (abortSignal) => {
      const options = { ...receiverOptions, abortSignal };
      return 'queueName' in entity
        ? client.acceptNextSession(entity.queueName, options)
        : client.acceptNextSession(entity.topicName, entity.subscriptionName, options);
    };
    this.#onDelivery = onDelivery;
    this.#onEvent = onEvent;
    this.#maxLockRenewalMs = maxLockRenewalMs;
    const probe = new QueueProbe(client, entity);
    const ask = () => probe.reach();
    this.#reachability = new Reachability(() => this.#waits.probe(ask), onEvent, this.#stopping.signal);
    this.#slots = new Slots(maxConcurrentCalls, () => this.#fill());
  }

  /** Resolves once the broker answers, or `stop` is called. Until then every problem is an event. Nothing is received yet. */
  reach(): Promise<void> {
    this.#watching ??= this.#reachability.watch();
    return this.#reachability.restored();
  }

  /** Receives from now on. Resolves as `reach` does. */
  start(): Promise<void> {
    this.#isStarted = true;
    this.#fill();
    return this.reach();
  }

  /** Takes no more messages, and resolves when all deliveries are settled or `graceMs` has passed. */
  async stop(graceMs: DurationMs): Promise<void> {
    this.#stopping.abort();
    this.#waits.stop();
    await withTimeLimit(Promise.all(this.#serving), durationMs(graceMs)).catch(() => undefined);
    await Promise.all([...this.#open].map((session) => this.#close(session)));
  }

  /** Waits for one session at a time, as long as there is a slot for it. */
  #fill(): void {
    if (!this.#isStarted || this.#isAccepting || this.#slots.free === 0 || this.#stopping.signal.aborted) return;
    this.#isAccepting = true;
    const serving = this.#serveNext();
    this.#serving.add(serving);
    void serving.then(() => {
      this.#serving.delete(serving);
      this.#fill();
    });
  }

  async #serveNext(): Promise<void> {
    const session = await this.#next();
    this.#isAccepting = false;
    if (session === undefined) return;
    const slot = new DeliverySlot(this.#slots, () => undefined);
    this.#open.add(session);
    await this.#serve(session, slot);
    slot.end();
    await this.#close(session);
  }

  /** The next session, however long it takes; undefined once it is stopped. */
  async #next(): Promise<ServiceBusSessionReceiver | undefined> {
    const { signal: stopped } = this.#stopping;
    for (let failures = 0; !stopped.aborted; ) {
      const { signal } = this.#waits;
      const accepting = this.#accept(signal);
      try {
        const session = await unlessAborted(accepting, signal);
        if (signal.aborted) {
          // It may still come. Then whoever waits for a session is to have it.
          void accepting.then((late) => this.#close(late)).catch(() => undefined);
          continue;
        }
        this.#reachability.received();
        return session;
      } catch (error) {
        if (isWithoutSession(error) || stopped.aborted) continue;
        failures += 1;
        await this.#reachability.restored();
        if (failures > 1) {
          this.#reachability.refused(error);
          await pause(backOff(failures), stopped);
        }
      }
    }
    return undefined;
  }

  async #serve(session: ServiceBusSessionReceiver, slot: DeliverySlot): Promise<void> {
    let isLost = false;
    let atWork: ServiceBusReceivedMessage | undefined;
    const renewal = new SessionRenewal(session, {
      duration: this.#lockDuration,
      limitMs: this.#maxLockRenewalMs,
      onLost: (cause) => {
        isLost = true;
        if (atWork !== undefined) {
          this.#onEvent({ kind: 'peek-lock-lost', message: toReceivedMessage(atWork), cause });
        }
      },
    });
    try {
      await slot.unpark();
      this.#fill();
      while (!isLost && !this.#stopping.signal.aborted) {
        const { signal } = this.#waits;
        const receiving = session.receiveMessages(1, { maxWaitTimeInMs: idleMs, abortSignal: signal });
        const [message] = (await unlessAborted(receiving, signal)) ?? [];
        // What comes as the wait ends belongs to the session still: it is left, and comes again to whoever has it next.
        if (message === undefined) return;
        atWork = message;
        this.#lockDuration.note(message, 0);
        renewal.goOn();
        const settlement = await this.#work(message, slot);
        await slot.unpark();
        if (!(await this.#settle(session, message, settlement))) return;
        atWork = undefined;
      }
    } catch {
      // The session's link broke, or the host stops: whoever accepts the session next goes on with it.
    } finally {
      renewal.stop();
    }
  }

  async #work(message: ServiceBusReceivedMessage, slot: DeliverySlot): Promise<ToSettle> {
    const received = toReceivedMessage(message);
    try {
      return await this.#onDelivery(received, slot);
    } catch (cause) {
      this.#onEvent({ kind: 'delivery-threw', message: received, cause });
      return { kind: 'abandon' };
    }
  }

  /** Whether the broker has confirmed it. If not, the session is given up: nothing after this message may begin before it. */
  async #settle(
    session: ServiceBusSessionReceiver,
    message: ServiceBusReceivedMessage,
    settlement: ToSettle,
  ): Promise<boolean> {
    try {
      await settle(message, settlement, [session]);
      return true;
    } catch (error) {
      const cause = lastError(error);
      const received = toReceivedMessage(message);
      this.#onEvent({ kind: 'not-settled', message: received, settlement: settlement.kind, cause });
      return false;
    }
  }

  async #close(session: ServiceBusSessionReceiver): Promise<void> {
    this.#open.delete(session);
    await withTimeLimit(session.close(), seconds(1)).catch(() => undefined);
  }
}

/** How long a session without messages is kept. Others may wait for the place. */
const idleMs = seconds(1);
