import fc from 'fast-check';
import { expect, it } from 'vitest';
import { InMemoryLockStore } from '../../src/adapters/in-memory/in-memory-lock-store.ts';
import { ManualClock } from '../../src/adapters/in-memory/manual-clock.ts';
import type { MessageHandler } from '../../src/application/ports/message-handler.ts';
import type { MessageId } from '../../src/domain/message-id.ts';
import { PermanentFailure } from '../../src/domain/step-errors.ts';
import { durationMs } from '../../src/domain/time.ts';
import { casesOf } from '../support/cases.ts';
import { delivery } from '../support/deliveries.ts';
import { keyOf, lockOf } from '../support/lock-records.ts';
import { Machine } from '../support/machine.ts';
import { SimulatedProcess, settlementOf } from '../support/simulated-process.ts';

const count = casesOf('sessions in their order');

/** What happens in one attempt at a message, between its two steps. */
type Turn =
  /** Nothing. */
  | { readonly kind: 'works'; readonly ms: number }
  | { readonly kind: 'throws' | 'fails for good' | 'dies' }
  /** The broker ends the session's lock, and the work goes on. */
  | { readonly kind: 'loses the session'; readonly ms: number }
  /** The process stands still, longer than any lock lasts, and goes on as if nothing had been. */
  | { readonly kind: 'stands still'; readonly ms: number };

const turn: fc.Arbitrary<Turn> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('works' as const), ms: fc.nat(20_000) }) },
  fc.record({ kind: fc.constantFrom('throws' as const, 'fails for good' as const, 'dies' as const) }),
  fc.record({ kind: fc.constant('loses the session' as const), ms: fc.integer({ min: 1, max: 60_000 }) }),
  fc.record({ kind: fc.constant('stands still' as const), ms: fc.integer({ min: 30_000, max: 120_000 }) }),
);

/** What happens to each message of the session, attempt by attempt; and which of them expire, and when. */
const schedules = fc.record({
  turns: fc.array(fc.array(turn, { maxLength: 3 }), { minLength: 2, maxLength: 4 }),
  expires: fc.array(fc.option(fc.integer({ min: 1000, max: 200_000 }), { freq: 4 }), { minLength: 4, maxLength: 4 }),
});
type Schedule = typeof schedules extends fc.Arbitrary<infer T> ? T : never;

const sessionLockMs = 30_000;
const maxDeliveryCount = 5;

it(`${count} schedules of a session keep its order: no message begins before the one before it has ended`, async () => {
  await fc.assert(
    fc.asyncProperty(schedules, async (schedule) => {
      const session = new Session(schedule);
      await session.run();
      expect(session.violations).toEqual([]);
      expect(session.settled.size).toBe(schedule.turns.length);
    }),
    { numRuns: count },
  );
});

/** One session, the broker that hands it to one receiver at a time, and receivers that take it as their host does. */
class Session {
  readonly violations: string[] = [];
  /** How each message left the session. */
  readonly settled = new Map<number, 'completed' | 'dead-lettered' | 'expired'>();
  readonly #schedule: Schedule;
  readonly #clock = new ManualClock();
  readonly #store = new InMemoryLockStore({ writeClock: () => this.#clock.wallTime() });
  readonly #deliveries = new Map<number, number>();
  readonly #attempts = new Map<number, number>();
  /** Whose the session is: a number that grows with each that accepts it. */
  #holder = 0;
  #lockedUntil = 0;
  #latestBegun = -1;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  async run(): Promise<void> {
    const end = this.#clock.monotonic() + 3_600_000;
    while (this.settled.size < this.#schedule.turns.length && this.#clock.monotonic() < end) {
      this.#expire();
      if (this.#lockedUntil <= this.#clock.monotonic()) void this.#receive(this.#accept());
      await this.#clock.advance(durationMs(500));
    }
  }

  #accept(): number {
    this.#holder += 1;
    this.#lockedUntil = this.#clock.monotonic() + sessionLockMs;
    return this.#holder;
  }

  #isMine = (holder: number): boolean => holder === this.#holder && this.#lockedUntil > this.#clock.monotonic();

  /** A message on its way out may be at work: it expires where it is not locked, as the broker does it. */
  #expire(): void {
    if (this.#lockedUntil > this.#clock.monotonic()) return;
    const head = this.#head();
    const expiry = head === undefined ? undefined : this.#schedule.expires[head];
    if (head !== undefined && expiry !== null && expiry !== undefined && expiry <= this.#clock.monotonic())
      this.settled.set(head, 'expired');
  }

  #head = (): number | undefined => this.#schedule.turns.findIndex((_, index) => !this.settled.has(index));

  async #receive(holder: number): Promise<void> {
    const machine = new Machine();
    void this.#renew(holder, machine);
    for (let head = this.#next(); head !== undefined && this.#isMine(holder); head = this.#next()) {
      const deliveryCount = (this.#deliveries.get(head) ?? 0) + 1;
      this.#deliveries.set(head, deliveryCount);
      const ended = await this.#process(machine, holder).run(
        delivery({ key: keyOf(String(head)), id: String(head), deliveryCount, physical: physical(head) }),
      );
      if (!this.#isMine(holder)) return; // its settlement is refused
      const settlement = settlementOf(ended) ?? (deliveryCount >= maxDeliveryCount ? 'dead-lettered' : undefined);
      if (settlement !== undefined) this.settled.set(head, settlement);
    }
    if (this.#isMine(holder)) this.#lockedUntil = 0;
  }

  #next(): number | undefined {
    const head = this.#head();
    return head === -1 ? undefined : head;
  }

  /** As long as its process lives. A machine that stands still renews nothing. */
  async #renew(holder: number, machine: Machine): Promise<void> {
    const sleep = machine.sleep(this.#clock);
    while (this.#isMine(holder) && !machine.isCrashed) {
      this.#lockedUntil = this.#clock.monotonic() + sessionLockMs;
      await sleep(durationMs(10_000));
    }
  }

  #process(machine: Machine, holder: number): SimulatedProcess {
    const clock = this.#clock;
    return new SimulatedProcess({
      name: `receiver-${holder}`,
      store: machine.store(this.#store),
      clock: {
        monotonic: () => clock.monotonic(),
        wallTime: () => clock.wallTime(),
        timestamp: () => clock.timestamp(),
        sleep: machine.sleep(clock),
      },
      handler: this.#handler(machine),
      settings: { maxDeliveryCount },
    });
  }

  #handler(machine: Machine): MessageHandler {
    return async ({ id }, { step, signal }) => {
      const index = Number(id);
      const attempt = this.#attempts.get(index) ?? 0;
      this.#attempts.set(index, attempt + 1);
      await this.#begin(index, id);
      await step('first', () => this.#effect(index));
      const now = this.#schedule.turns[index]?.[attempt] ?? { kind: 'works', ms: 0 };
      if (now.kind === 'throws') throw new Error('not now');
      if (now.kind === 'fails for good') throw new PermanentFailure('never');
      if (now.kind === 'dies') {
        machine.crash();
        return new Promise(() => undefined);
      }
      if (now.kind === 'loses the session') this.#lockedUntil = 0;
      if (now.kind === 'stands still') {
        machine.freeze();
        await this.#clock.sleep(durationMs(now.ms));
        machine.thaw();
      } else if ('ms' in now) await this.#clock.sleep(durationMs(now.ms), signal).catch(() => undefined);
      await step('second', () => this.#effect(index));
      return id;
    };
  }

  /** A message begins. The one before it must have ended, by its lock or by the broker. */
  async #begin(index: number, _id: MessageId): Promise<void> {
    this.#latestBegun = Math.max(this.#latestBegun, index);
    for (let before = 0; before < index; before += 1) {
      const state = (await this.#store.read(lockOf(String(before))))?.record.state;
      const hasEnded = state === 'completed' || state === 'failed' || this.settled.has(before);
      if (!hasEnded) this.violations.push(`message ${index} began while ${before} was ${state}`);
    }
  }

  /** No effect of a message comes after a later one has begun, unless the message itself was given up by the broker. */
  #effect(index: number): void {
    const isGivenUp = this.settled.get(index) === 'expired' || this.settled.get(index) === 'dead-lettered';
    if (index < this.#latestBegun && !isGivenUp)
      this.violations.push(`an effect of ${index} after ${this.#latestBegun} began`);
  }
}

const physical = (index: number) => ({ sequenceNumber: String(index), enqueuedTime: '2024-01-01T00:00:00.000Z' });
