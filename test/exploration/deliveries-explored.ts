import type { MessageHandler } from '../../src/application/ports/message-handler.ts';
import { type DurationMs, durationMs } from '../../src/domain/time.ts';
import { graceOf } from '../../src/domain/ttl.ts';
import { delivery } from '../support/deliveries.ts';
import type { Choice, Explored } from './explorer.ts';
import { LockLedger, stepNames } from './lock-ledger.ts';
import { exploredTtl, Process } from './process.ts';
import { Requests, type Sent } from './requests.ts';

export interface DeliveriesOptions {
  /** How many physical messages there are of the one ID, each with a process of its own. */
  readonly deliveries: number;
  /** How often anything goes wrong in one schedule. */
  readonly faults: number;
  /** How many steps the work has. Default: 1. */
  readonly steps?: 1 | 2;
  /** How long each step waits before it makes its effect. Default: not at all. */
  readonly stepMs?: DurationMs;
  /** Whether the first attempt fails after its steps. */
  readonly failsOnce?: boolean;
}

/** By how much the clocks are wrong, in milliseconds. */
const wallOffsets = [0, 3_600_000, -3_600_000];

/** Longer than a lock lives without a write. */
const pastExpiryMs = exploredTtl + graceOf(exploredTtl) + 1000;

const start = Date.UTC(2024, 0, 1) + 400;

/**
 * Deliveries of one message at work at once. What is next is always a choice among all that wait: which request the store
 * serves, and what goes wrong instead. Time passes when nobody waits for the store any more, up to whoever wakes next; or, as
 * a fault, at any moment and past every expiry.
 *
 * A write that gets no answer stays on its way: applied next, its answer was lost; applied later, it was late; never, it
 * was lost itself. So does the request of a process that crashes.
 */
export class Deliveries implements Explored {
  readonly story: string[] = [];
  readonly #options: DeliveriesOptions;
  readonly #ledger = new LockLedger(() => this.#now);
  readonly #requests = new Requests(this.#ledger, () => this.#now);
  readonly #processes: Process[] = [];
  readonly #deliveryCounts: number[] = [];
  #faults: number;
  #now = start;

  private constructor(options: DeliveriesOptions) {
    this.#options = options;
    this.#faults = options.faults;
  }

  static async begin(options: DeliveriesOptions): Promise<Deliveries> {
    const deliveries = new Deliveries(options);
    for (let index = 0; index < options.deliveries; index += 1) deliveries.#deliver(index);
    await turnOfTheEventLoop();
    return deliveries;
  }

  get wrongs(): readonly string[] {
    return this.#ledger.wrongs;
  }

  get state(): string {
    const processes = this.#processes.map(({ ended, learnt, sleepers }, index) => [
      this.#deliveryCounts[index],
      ended ?? [learnt, sleepers.map(({ dueAt }) => dueAt)],
    ]);
    return JSON.stringify([this.#now, this.#faults, this.#ledger.state, this.#requests.state, processes]);
  }

  get choices(): readonly Choice[] {
    const live = this.#processes.filter(({ ended }) => ended === undefined);
    // Until the store has served one of them, they are all alike: who comes first is called A.
    const firstUntouched = live.find(({ learnt }) => learnt === '');
    const able = live.filter((process) => process.learnt !== '' || process === firstUntouched);
    const served = this.#requests.pending.filter(({ process }) => able.includes(process));
    const pending = this.#onlyLook(served) ? served.slice(0, 1) : served;
    const choices = [
      ...pending.map((sent) => this.#choice(`${sent.text}`, () => this.#requests.serve(sent))),
      ...this.#requests.late.map((sent) => this.#choice(`late: ${sent.text}`, () => this.#requests.land(sent))),
    ];
    if (pending.length === 0) choices.push(...this.#quiet(live));
    if (this.#faults > 0) choices.push(...this.#faultsOf(able, pending));
    return choices;
  }

  /**
   * Whether all that is under way is looks at a lock that is somebody else's: whoever sees it goes to sleep, so their order
   * makes no difference. Should one of them write instead, the ledger says what is wrong with that.
   */
  #onlyLook(pending: readonly Sent[]): boolean {
    const { record } = this.#ledger.stored ?? {};
    if (record?.state !== 'held' || this.#isExpired() || this.#requests.late.length > 0) return false;
    return pending.every(({ kind, process }) => kind === 'read' && !process.isOwner(record.owner));
  }

  /** What happens when nobody waits for the store. */
  #quiet(live: readonly Process[]): readonly Choice[] {
    const back = [...this.#processes.keys()].filter((index) => {
      const ended = this.#processes[index]?.ended;
      // What a process crashed with comes back when its peek-lock ends: later than all that the others wait for.
      return ended === 'given back' || (ended === 'crashed' && live.length === 0);
    });
    if (back.length > 0) {
      const redeliver = async () => {
        for (const index of back) this.#deliver(index);
      };
      return [this.#choice(`delivered again: ${back.map(letter).join(', ')}`, redeliver)];
    }
    if (live.length === 0) return [];
    const next = Math.min(...live.flatMap(({ sleepers }) => sleepers.map(({ dueAt }) => dueAt)));
    if (next === Number.POSITIVE_INFINITY) throw new Error('Somebody waits for what never comes.');
    return [this.#choice(`${next - this.#now} ms pass`, () => this.#passUntil(next))];
  }

  #faultsOf(able: readonly Process[], pending: readonly Sent[]): readonly Choice[] {
    const fault = (label: string, happen: () => Promise<void>) =>
      this.#choice(`FAULT ${label}`, async () => {
        this.#faults -= 1;
        await happen();
      });
    const unanswered = pending
      .filter(({ kind, answer }) => kind !== 'effect' && answer === undefined)
      .map((sent) => fault(`no answer: ${sent.text}`, async () => this.#requests.leaveUnanswered(sent)));
    // One that neither waits for the store nor owns the lock would come back as it was.
    const owner = this.#ledger.stored?.record.owner;
    const atRisk = able.filter(
      (process) => pending.some((sent) => sent.process === process) || (owner !== undefined && process.isOwner(owner)),
    );
    const crashes = atRisk.map((process) => fault(`${process.name} crashes`, async () => this.#crash(process)));
    if (pending.length === 0) return [...unanswered, ...crashes];
    const expire = () => this.#passUntil(this.#now + pastExpiryMs);
    const slowAnswers = pending
      .filter((sent) => this.#requests.wouldApply(sent))
      .map((sent) =>
        fault(`applied, and answered after ${pastExpiryMs} ms at the earliest: ${sent.text}`, async () => {
          await this.#requests.apply(sent);
          await expire();
        }),
      );
    return [...unanswered, ...crashes, fault(`${pastExpiryMs} ms pass`, expire), ...slowAnswers];
  }

  #choice(label: string, happen: () => Promise<void>): Choice {
    return {
      label,
      take: async () => {
        this.story.push(`${String(this.#now - start).padStart(6)} ms  ${label}`);
        await happen();
        await turnOfTheEventLoop();
        if (this.#processes.some(({ ended }) => ended === 'settled')) this.#ledger.judgeSettled();
        if (this.#processes.every(({ ended }) => ended === 'settled')) this.#judgeEnd();
      },
    };
  }

  #judgeEnd(): void {
    this.#ledger.judgeEnd(this.#steps);
    if (this.#processes.some(({ sleepers }) => sleepers.length > 0)) {
      this.#ledger.wrongs.push('a timer outlives the work');
    }
  }

  get #steps(): readonly string[] {
    return stepNames.slice(0, this.#options.steps ?? 1);
  }

  #deliver(index: number): void {
    const deliveryCount = (this.#deliveryCounts[index] ?? 0) + 1;
    this.#deliveryCounts[index] = deliveryCount;
    const name = `${letter(index)}${deliveryCount === 1 ? '' : deliveryCount}`;
    const physical = { sequenceNumber: String(index), enqueuedTime: '2024-01-01T00:00:00.000Z' };
    const process: Process = new Process({
      name,
      delivery: delivery({ deliveryCount: Math.min(deliveryCount, 9), physical }),
      store: this.#requests.storeOf(() => process),
      now: () => this.#now,
      wallOffset: wallOffsets[index] ?? 0,
      random: () => (this.#isExpired() ? 0 : 1),
      handler: this.#work(() => process),
      tell: (what) => this.story.push(`           ${what}`),
    });
    if (deliveryCount > 1) process.learns('delivered again');
    this.#processes[index] = process;
    process.start();
  }

  #work(process: () => Process): MessageHandler {
    const { stepMs = durationMs(0), failsOnce = false } = this.#options;
    return async (_, { step, owner, attempt, signal }) => {
      for (const name of this.#steps) {
        await step(name, async ({ fencingToken }) => {
          this.#ledger.begins(name, owner);
          try {
            await process().clock.sleep(stepMs, signal);
            await this.#requests.effect(process(), name, { fencingToken, owner });
          } finally {
            this.#ledger.ends(owner);
          }
        });
      }
      if (failsOnce && attempt === 1) throw new Error('The first attempt fails.');
    };
  }

  /** Whether a lock that is looked at now has expired; then nobody spreads, so that all takeovers meet. */
  #isExpired(): boolean {
    const { stored } = this.#ledger;
    return stored !== undefined && this.#now - stored.writtenAt > exploredTtl + graceOf(exploredTtl);
  }

  #crash(process: Process): void {
    process.ended = 'crashed';
    process.sleepers.length = 0;
    this.#requests.abandon(process);
    this.#ledger.endsAllOf(process.isOwner);
  }

  /** All who are due by then wake only then, in the order in which they are due: nobody ran meanwhile. */
  async #passUntil(time: number): Promise<void> {
    this.#now = time;
    for (;;) {
      const [next] = this.#processes
        .flatMap((process) => process.sleepers.map((sleeper) => ({ process, sleeper })))
        .filter(({ sleeper }) => sleeper.dueAt <= time)
        .toSorted((a, b) => a.sleeper.dueAt - b.sleeper.dueAt);
      if (next === undefined) return;
      next.process.learns('woken');
      next.sleeper.wake();
      await turnOfTheEventLoop();
    }
  }
}

/** Enough for all that waits for nothing from outside. */
const turnOfTheEventLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const letter = (index: number): string => String.fromCharCode('A'.charCodeAt(0) + index);
